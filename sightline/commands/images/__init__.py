"""Commands about images that the deployment has."""
