"""Alarms and their topic, the dashboard, the budget."""
