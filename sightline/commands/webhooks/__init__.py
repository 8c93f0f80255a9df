"""`sightline webhooks` and the commands below it."""
