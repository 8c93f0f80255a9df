"""Model bundles: how they are described, where they lie, and how a stranger's is tried."""
