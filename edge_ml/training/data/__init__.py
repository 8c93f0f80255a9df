"""The photographs: files, origins, splits."""
