"""The function that shows the API's description, and the zip it lies in: no other function carries it."""

import json
from collections.abc import Mapping
from typing import Any

from constructs import Construct

from python_function import ROOT, PythonFunction, bundle

_SWAGGER_UI = ROOT / "node_modules/swagger-ui-dist"
_FILES = ("favicon-32x32.png", "swagger-ui-bundle.js", "swagger-ui.css")
_LICENSES = ("LICENSE", "NOTICE", "swagger-ui-bundle.js.LICENSE.txt")


def docs_function(scope: Construct, described: Mapping[str, Any], *, public_url: str, vendor: bool) -> PythonFunction:
    """Answers with the description as it is at synthesis, and with Swagger UI as package-lock.json pins it."""
    files = {f"api/docs/{name}": (_SWAGGER_UI / name).read_bytes() for name in (*_FILES, *_LICENSES)}
    files["api/docs/openapi.json"] = json.dumps(described, ensure_ascii=False).encode()
    return PythonFunction(
        scope,
        "Docs",
        code=bundle(scope, "api/docs", ("api/docs", "domain", "wire"), vendor=vendor, files=files),
        handler="api.docs.docs.handler",
        environment={"PUBLIC_URL": public_url},
    )
