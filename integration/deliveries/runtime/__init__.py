"""Deliveries, their attempts and their log."""
