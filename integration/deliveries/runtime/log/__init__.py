"""The log of deliveries: its rows, and what is read from and written to it."""
