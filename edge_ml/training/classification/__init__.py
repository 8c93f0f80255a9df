"""Trains a classifier: fine-tune, calibrate, export, evaluate."""
