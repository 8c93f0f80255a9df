"""Pictures made of a picture: normalised, small, annotated."""
