"""From an image file's bytes to upright pixels: what is taken, what is refused, and within how much memory."""
