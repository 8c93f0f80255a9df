"""The API's description, served."""
