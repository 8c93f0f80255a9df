"""TIFF: the layouts of pixels that are read, and those that are refused by name."""
