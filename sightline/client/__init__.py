"""Calls to a deployment: its HTTP API, retries, problems and the shapes of its JSON."""
