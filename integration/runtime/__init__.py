"""What runs in the integration functions."""
