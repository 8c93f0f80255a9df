"""The JSON of the API as far as the client reads it, as TypedDicts."""
