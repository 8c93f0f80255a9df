"""The function behind the upload routes."""
