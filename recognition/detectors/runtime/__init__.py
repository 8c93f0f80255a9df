"""The detectors and what they share."""
