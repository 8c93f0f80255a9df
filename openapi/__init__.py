"""The API's description as OpenAPI 3.1, made of the rooms' declarations and of the handlers' code."""
