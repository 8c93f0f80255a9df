"""Exporting images as one file."""
