"""A model in memory, and what is read from its answers: labels, boxes, outlines, masks."""
