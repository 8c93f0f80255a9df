"""The demo of `make run`: three photographs sent through the deployed chain."""
