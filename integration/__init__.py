"""Telling third parties: subscriptions and signed deliveries."""
