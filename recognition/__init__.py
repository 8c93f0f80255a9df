"""Recognition: detectors, the recognitions table, the read routes."""
