"""Evaluation: metrics and calibration of the exported classifier."""
