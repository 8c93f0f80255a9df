"""Pictures: read, typed by their first bytes, and drawn on."""
