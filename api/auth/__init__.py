"""Sign-in: user pool and authorizer."""
