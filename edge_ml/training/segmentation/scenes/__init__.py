"""Training scenes: photographs with masks, varied and composed."""
