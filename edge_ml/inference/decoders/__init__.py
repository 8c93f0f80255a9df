"""A decoder for each task and family of models: raw outputs in, detections out."""
