"""Subscriptions of third parties, and signed deliveries of events to them."""
