"""The function behind POST /classify."""
