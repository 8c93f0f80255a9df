"""The body of a row as few bytes."""
