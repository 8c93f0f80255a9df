"""The function that hosts custom models: image references in, labels with confidences out."""
