"""The files that an export can be."""
