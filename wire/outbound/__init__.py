"""Connections to servers that callers name, and the guard of them."""
