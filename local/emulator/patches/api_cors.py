"""CORS of an HTTP API as in an account.

MiniStack stores the CORS configuration of a template in PascalCase and reads it in camelCase, so it refuses every
preflight request. It also answers OPTIONS itself. In an account OPTIONS reaches `$default`, and API Gateway replaces
the CORS headers of the function by those of its configuration:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
"""

from collections.abc import Mapping
from typing import Any

from ministack.services import apigateway

from local.emulator.patches.iam.permission import Headers, Response

_execute = apigateway._handle_execute_in_scope
_invoke = apigateway._invoke_lambda_proxy


async def execute(api: str, stage: str, path: str, method: str, headers: Headers, *rest: Any) -> Response:
    """Return MiniStack's response, with the headers of a preflight response if the method is OPTIONS."""
    known = apigateway._apis.get(api) or {}
    cors = known["corsConfiguration"] = _camel_case(known.get("corsConfiguration") or {})
    if method != "OPTIONS":
        return Response(*await _execute(api, stage, path, method, headers, *rest))
    # MiniStack has its own response to OPTIONS, but none to the same method in small letters.
    response = Response(*await _execute(api, stage, path, method.lower(), headers, *rest))
    _, preflight, _ = apigateway._cors_preflight_response(cors, headers.get("origin", ""))
    allowed = {name: value for name, value in preflight.items() if _of_cors(name)}
    return Response(response.status, {**response.headers, **allowed}, response.body)


async def invoke(integration: Any, api: str, stage: str, path: str, method: str, *rest: Any, **more: Any) -> Response:
    """Invoke the function behind a route, and leave out the CORS headers of its response."""
    status, headers, body = await _invoke(integration, api, stage, path, method.upper(), *rest, **more)
    return Response(status, {name: value for name, value in headers.items() if not _of_cors(name)}, body)


def apply() -> None:
    """Apply the patch."""
    apigateway._handle_execute_in_scope = execute
    apigateway._invoke_lambda_proxy = invoke


def _camel_case(configuration: Mapping[str, Any]) -> dict[str, Any]:
    return {name[0].lower() + name[1:]: value for name, value in configuration.items()}


def _of_cors(header: str) -> bool:
    return header.lower().startswith("access-control-")
