"""Communication of the functions with AWS, with callers of the HTTP API, and with foreign servers."""
