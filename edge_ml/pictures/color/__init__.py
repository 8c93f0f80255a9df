"""Color: pixel modes and color profiles."""
