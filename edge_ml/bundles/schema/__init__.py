"""The fields of `model.json`."""
