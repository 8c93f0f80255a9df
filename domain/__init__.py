"""The objects that several units share; standard library only."""
