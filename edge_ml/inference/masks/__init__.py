"""Masks: outlines, polygons, run-length encoding."""
