"""Filters, search and look-up, which several routes of images share."""
