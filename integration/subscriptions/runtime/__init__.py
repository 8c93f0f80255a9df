"""Subscriptions, their secrets and their circuit breakers."""
