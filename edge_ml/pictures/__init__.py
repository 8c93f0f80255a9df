"""From the bytes of an image file to upright pixels, within a memory budget."""
