"""Erasing an image."""
