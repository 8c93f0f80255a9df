"""An image's timeline."""
