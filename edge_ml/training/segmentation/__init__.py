"""Trains a model that tells an animal's pixels from all others: the bundle `livestock`."""
