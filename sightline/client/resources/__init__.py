"""The parts of a Client: images, webhooks and deliveries."""
