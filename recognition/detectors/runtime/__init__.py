"""The detectors, their registry, cache and rate limiter."""
