"""Training of a classifier: fine-tune, calibrate, export, evaluate."""
