"""Recognition results: tables, topic, index rows."""
