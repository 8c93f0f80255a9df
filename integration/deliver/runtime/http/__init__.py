"""HTTP posts to subscribers: connection pool, sending, polling, parsing."""
