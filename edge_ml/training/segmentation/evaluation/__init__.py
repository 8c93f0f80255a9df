"""Evaluation: the exported model on held-out photographs."""
