"""Model bundles: `model.json`, `model.onnx`, and how callers name them."""
