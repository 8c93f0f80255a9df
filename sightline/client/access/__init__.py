"""The deployment to call, and the token to send."""
