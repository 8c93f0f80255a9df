"""Patches to MiniStack's IAM: roles need the grants that they need in AWS."""
