"""Generators of clients and linters of OpenAPI, as strict as they can be."""
