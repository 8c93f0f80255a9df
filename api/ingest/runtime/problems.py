"""The HTTP status of each error of an upload."""

from collections.abc import Callable

from domain.image_type import ImageTypeError
from domain.options import OptionsError
from wire.http.api import ApiError, Request, Response
from wire.outbound.download import FetchError
from wire.outbound.target import TargetError

_STATUS = {
    "invalid_url": 400,
    "too_large": 413,
    "not_an_image": 415,
    "unsupported_encoding": 415,
    "unsupported_format": 415,
    "dns_failure": 422,
    "empty": 422,
    "too_many_redirects": 422,
    "url_blocked": 422,
    "connect_failed": 502,
    "not_http": 502,
    "upstream_status": 502,
    "timeout": 504,
}
_RETRYABLE = ("connect_failed", "dns_failure", "timeout")

Route = Callable[[Request], Response]


def with_problems(route: Route) -> Route:
    """Wrap a route: errors of options, fetches, image types and targets become ApiError."""

    def respond(request: Request) -> Response:
        try:
            return route(request)
        except OptionsError as error:
            raise ApiError(400, "invalid_options", str(error)) from error
        except (FetchError, ImageTypeError, TargetError) as error:
            retryable = getattr(error, "retryable", error.code in _RETRYABLE)
            raise ApiError(_STATUS[error.code], error.code, error.detail, retryable=retryable) from error

    return respond
