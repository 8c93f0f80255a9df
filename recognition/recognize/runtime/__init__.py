"""Recognizing a batch of uploaded images."""
