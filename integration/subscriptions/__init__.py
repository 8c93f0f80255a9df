"""Subscriptions, which callers know as webhooks."""
