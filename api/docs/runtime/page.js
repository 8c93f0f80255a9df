// Addresses are relative: the page works under any base URL.
SwaggerUIBundle({
  dom_id: "#page",
  url: "openapi.json",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  filter: true,
  tryItOutEnabled: false,
  validatorUrl: null, // else Swagger UI would send the address of openapi.json to a public validator
});
