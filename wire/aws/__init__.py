"""AWS: clients, rows, queues."""
