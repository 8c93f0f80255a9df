"""What `make run` shows: three photographs sent through the deployed chain."""
