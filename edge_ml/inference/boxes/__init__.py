"""Boxes: proposals, anchors, non-maximum suppression."""
