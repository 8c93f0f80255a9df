"""Inspection of a model file in a confined child process."""
