"""`sightline models` and the commands below it."""
