"""Trains `livestock`, which segments animals from their background."""
