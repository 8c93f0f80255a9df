"""Programs that outlive the command that starts them, and the environment they run in."""
