"""Requests to MiniStack, and the permissions of their callers."""

from collections.abc import Mapping
from typing import NamedTuple

from ministack.core import iam_evaluator
from ministack.core.router import extract_access_key_id

Headers = dict[str, str]
Query = dict[str, object]


class Response(NamedTuple):
    """A response as MiniStack's handlers return it."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def is_allowed(headers: Headers, query: Query, action: str, resource: str) -> bool:
    """Return True if the caller of a request may take this action on a bucket, or on an object (`bucket/key`)."""
    key = extract_access_key_id(headers, query)
    # Read from the module, because the decision log may have replaced it.
    return iam_evaluator.enforce(key, action, "s3", "", resource_arn=f"arn:aws:s3:::{resource}") is None
