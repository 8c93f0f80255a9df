"""Daily quotas of an owner."""
