"""Commands that send pictures."""
