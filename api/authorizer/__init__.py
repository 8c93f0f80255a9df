"""The Lambda authorizer: a zip of its own, for it alone needs cryptography."""
