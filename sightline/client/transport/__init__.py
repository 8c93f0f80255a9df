"""The HTTP calls to a deployment: sessions, retries and request bodies."""
