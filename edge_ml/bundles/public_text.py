"""Texts for callers, without the paths of the machine that they were written on."""

import re

_PATH = re.compile(r"(?<![\w.:/])/(?:[\w.@+~-]+/)+([\w.@+~-]*)")
"""An absolute path of at least one folder; not the path of a URL."""


def without_paths(text: str) -> str:
    """Return the text with the last part alone of every absolute path."""
    return _PATH.sub(r"\1", text)
