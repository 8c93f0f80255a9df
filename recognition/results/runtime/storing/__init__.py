"""Storing new entries: as new rows, or in place of older entries."""
