"""Derived pictures: a JPEG for Rekognition, a thumbnail, an annotated picture."""
