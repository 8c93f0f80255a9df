"""The reader of the functions' code, which is parsed and never run."""
