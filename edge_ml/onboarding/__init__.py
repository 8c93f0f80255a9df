"""Onboarding a model of your own: an ONNX file in, a tested model bundle out."""
