"""Storing, indexing, caching and publishing results."""
