"""A model in memory: its session, and the decoders that turn its outputs into detections."""
