"""The routes that serve the API's description."""
