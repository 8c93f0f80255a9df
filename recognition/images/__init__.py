"""The routes of images: read, amend, erase, export."""
