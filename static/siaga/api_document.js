// The OpenAPI document as a page; requests are not sent from here, since each would be a real one.
"use strict";
const place = document.getElementById("operations");
SwaggerUIBundle({ url: place.dataset.schema, domNode: place, deepLinking: false, supportedSubmitMethods: [],
  defaultModelsExpandDepth: -1, docExpansion: "list", validatorUrl: null });
