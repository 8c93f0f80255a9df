"""What runs in the ingress functions."""
