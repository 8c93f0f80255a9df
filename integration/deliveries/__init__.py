"""Deliveries: log, queue, replay."""
