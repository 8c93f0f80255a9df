"""Classification while the caller waits."""
