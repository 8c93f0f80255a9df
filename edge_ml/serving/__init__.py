"""The model registry: built-in bundles, bundles in the bucket, and the cache of those in use."""
