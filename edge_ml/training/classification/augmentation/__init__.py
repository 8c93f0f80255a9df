"""Augmentation: random views of photographs, in batches."""
