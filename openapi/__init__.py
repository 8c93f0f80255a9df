"""How the API is described: OpenAPI 3.1, made of what each room declares and of what its code says."""
