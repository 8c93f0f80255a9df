"""Options as query parameters."""

from collections.abc import Mapping

from domain.options import Options, OptionsError
from wire.http.api import ApiError, Request, query


def query_options(request: Request, *names: str, form: Mapping[str, str] | None = None) -> Options:
    """Read the options of these names from the fields of a form, else from the query parameters.

    Raises ApiError 400 `invalid_options`.
    """
    fields = form or {}
    try:
        return Options.from_texts({name: fields.get(name, query(request, name)) for name in names})
    except OptionsError as error:
        raise ApiError(400, "invalid_options", str(error)) from error
