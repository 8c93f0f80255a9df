"""What a command prints: tables and details for people, JSON lines for programs, a progress bar."""
