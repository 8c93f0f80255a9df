"""What runs in the recognition functions."""
