"""The client is installed without the rest of this checkout, and no function bundles it."""

import ast
import importlib
import re
import sys
import tomllib

import pytest

import sightline
from sightline.command_line import parse
from tests.stacks import LOCAL, ROOT, assembly

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
COMES_WITH_REQUESTS = {"urllib3"}


def imported() -> set[str]:
    """Return the top-level names that the client's modules import."""
    trees = [ast.parse(file.read_text()) for file in (ROOT / "sightline").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    froms = {(node.module or "").split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}
    return froms | {name.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for name in node.names}


def test_it_imports_itself_the_standard_library_and_its_dependencies() -> None:
    declared = {requirement.partition(">")[0] for requirement in PROJECT["dependencies"]}
    assert PROJECT["optional-dependencies"]["draw"][0].startswith("pillow>")
    assert imported() - set(sys.stdlib_module_names) == {"sightline", "PIL"} | declared | COMES_WITH_REQUESTS


def test_it_is_typed_for_its_users() -> None:
    assert (ROOT / "sightline/py.typed").is_file()
    assert set(sightline.__all__) <= set(vars(sightline))


def test_the_console_script_exists() -> None:
    module, function = PROJECT["scripts"]["sightline"].split(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_no_function_bundles_it() -> None:
    bundles = assembly(**LOCAL) / "bundles"
    assert list(bundles.iterdir())
    assert not list(bundles.rglob("sightline*"))


def test_the_pages_name_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--help"])
    commands = re.findall(r"^    ([a-z]+) ", capsys.readouterr().out, re.MULTILINE)
    assert "upload" in commands
    pages = "".join((ROOT / page).read_text() for page in ("docs/command-line.md", "docs/webhooks.md"))
    assert not [command for command in commands if f"sightline {command}" not in pages]
