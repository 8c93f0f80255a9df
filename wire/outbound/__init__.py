"""Connections to servers that callers name, and the checks of URLs and addresses."""
