"""The function that serves the API's description, and its zip, the only one that holds the description."""

import json
from collections.abc import Mapping

from constructs import Construct

from infrastructure.bundles import ROOT, room_bundle
from infrastructure.functions import PythonFunction
from infrastructure.routes import Routes
from openapi.document import Description

_SWAGGER_UI = ROOT / "node_modules/swagger-ui-dist"
_FILES = ("favicon-32x32.png", "swagger-ui-bundle.js", "swagger-ui.css")
_LICENSES = ("LICENSE", "NOTICE", "swagger-ui-bundle.js.LICENSE.txt")


def docs_function(
    scope: Construct, description: Description, routes: Routes, *, vendor: bool, user_pool: Mapping[str, str]
) -> None:
    """Define the function that serves this description and Swagger UI, in the version of package-lock.json.

    `user_pool` names the user pool in its environment; it is empty without sign-in.
    """
    files = {name: (_SWAGGER_UI / name).read_bytes() for name in (*_FILES, *_LICENSES)}
    files["openapi.json"] = json.dumps(description, ensure_ascii=False).encode()
    docs = PythonFunction(
        scope,
        "Docs",
        code=room_bundle(scope, "api/docs", vendor=vendor, files=files),
        handler="api.docs.runtime.handler.handler",
        environment={"PUBLIC_URL": routes.public_url, **user_pool},
    )
    routes.add(scope, docs)
