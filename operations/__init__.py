"""What tells whoever runs a deployment: alarms and their topic, the dashboard, the budget."""
