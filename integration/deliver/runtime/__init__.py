"""Posting a batch of deliveries."""
