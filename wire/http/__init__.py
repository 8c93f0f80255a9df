"""The HTTP API: requests, responses, paging, sign-in, quotas."""
