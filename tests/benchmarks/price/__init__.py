"""The price of a deployment: at rest, and per million images by every way in and every detector."""
