"""The output of a command: tables and details for people, JSON lines for programs, a progress bar."""
