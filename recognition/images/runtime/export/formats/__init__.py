"""The formats of an export: JSON, CSV, COCO."""
