// Addresses are relative: the page works under whatever base URL it was asked for.
SwaggerUIBundle({
  dom_id: "#page",
  url: "openapi.json",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  filter: true,
  tryItOutEnabled: false,
  validatorUrl: null, // else a stranger's server would be asked whether the description is valid
});
