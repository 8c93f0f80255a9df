"""What several routes of images share."""
