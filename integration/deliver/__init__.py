"""The worker of the deliveries queue."""
