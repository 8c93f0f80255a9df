"""The product code, for tests of its structure and vocabulary."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent

PRODUCT = (
    "api",
    "app.py",
    "domain",
    "edge_ml",
    "infrastructure",
    "integration",
    "local",
    "openapi",
    "recognition",
    "setting_kinds.py",
    "settings.py",
    "sightline",
    "wire",
)
"""The folders and files of the product code."""


def files(*suffixes: str, among: tuple[str, ...] = PRODUCT) -> Iterator[Path]:
    """Yield the files with one of these suffixes, sorted within each folder."""
    for name in among:
        path = ROOT / name
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in found if file.suffix in suffixes and not {"__pycache__"} & set(file.parts))


@cache
def parse(file: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(file.read_text())


def place(file: Path, line: int) -> str:
    """Return `path:line`, as editors and terminals link it."""
    return f"{file.relative_to(ROOT)}:{line}"
