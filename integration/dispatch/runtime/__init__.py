"""Making deliveries of events."""
