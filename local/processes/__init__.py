"""Processes that outlive the command that starts them, their environment, and the live processes of this machine."""
