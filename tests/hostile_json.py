"""Bodies of requests that are meant to break a route: each must be refused as a caller's mistake."""

import json
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

NO_JSON = {
    "nothing": b"",
    "a list nested too deeply": b"[" * 100_000,
    "an object nested too deeply": b'{"url":' * 100_000,
    "a closed list nested too deeply": b"[" * 100_000 + b"]" * 100_000,
    "a lone surrogate as a name": rb'{"\ud800": 1}',
    "a lone surrogate as a value": rb'{"url": "\udfff"}',
    "a lone surrogate in the bytes": b'{"url": "\xed\xa0\x80"}',
    "bytes that are no UTF-8": b'{"url": "\xff"}',
    "a name that occurs twice": b'{"url": "a", "url": "b"}',
    "no number": b'{"options": {"top_k": NaN}}',
    "an endless number": b'{"options": {"min_confidence": -Infinity}}',
    "a number of 5,000 digits": b'{"url": %s}' % (b"9" * 5000),
    "a list": b"[]",
    "a text": b'"x"',
    "two objects": b"{}{}",
}
"""Bodies that are no JSON object in the sense of RFC 8259, with `invalid_json` as their code."""

no_fixture_check = settings(
    max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
"""For a property of a handler that keeps nothing between two requests: all examples may share its fixtures."""

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def objects(*names: str) -> st.SearchStrategy[str]:
    """Return JSON objects with any values, many of them for these names."""
    return st.dictionaries(st.sampled_from(names) | st.text(max_size=50), _VALUES, max_size=6).map(_text)


def _text(value: dict[str, Any]) -> str:
    """Return the value as JSON; a float beyond the range, such as 1e999, is one of its forms."""
    return json.dumps(value).replace("Infinity", "1e999")
