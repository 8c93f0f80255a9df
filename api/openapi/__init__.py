"""The API's description as OpenAPI 3.1, made of the functions' code at synthesis; in no function's zip."""
