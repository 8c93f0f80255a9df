"""The worker of the events queue."""
