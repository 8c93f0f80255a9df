"""The labels of a model, from any file that a trainer, a labeling tool or an exporter writes."""
