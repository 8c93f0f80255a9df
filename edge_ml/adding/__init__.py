"""Bringing a model of one's own: a stranger's ONNX file in, a tried model bundle out."""
