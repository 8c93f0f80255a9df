"""Options as query parameters."""

from domain.options import Options, OptionsError
from wire.http.api import ApiError, Request, query


def query_options(request: Request, *names: str) -> Options:
    """Read the options of these names from the query parameters; raises ApiError 400 `invalid_options`."""
    try:
        return Options.from_texts({name: query(request, name) for name in names})
    except OptionsError as error:
        raise ApiError(400, "invalid_options", str(error)) from error
