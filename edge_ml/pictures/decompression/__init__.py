"""Decompression of pixels: memory limit and decoder errors."""
