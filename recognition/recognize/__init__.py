"""The worker of the uploads queue."""
