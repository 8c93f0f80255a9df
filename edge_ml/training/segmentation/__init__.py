"""Training of `livestock`, which segments animals from their background."""
