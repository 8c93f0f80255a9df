"""AWS: clients, rows, queues, retry policies."""
