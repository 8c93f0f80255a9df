"""The first unit: image uploads, the HTTP API, sign-in, quotas and the API's description."""
