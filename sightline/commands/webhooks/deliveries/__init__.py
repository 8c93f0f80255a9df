"""Commands about the deliveries of webhooks."""
