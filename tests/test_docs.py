import ast
import re
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from domain.event import TYPES
from openapi.rooms import UNITS
from settings import Settings
from tests.stacks import LOCAL, ROOT, resources, route_keys
from wire.http.body import LARGEST as BODY_LARGEST
from wire.outbound.fetch import LARGEST as FORM_LARGEST

EDGE = [path for path in ROOT.glob("edge_ml/**/*.py") if not {"training", "onboarding"} & set(path.parts)]
PAGES = {path: path.read_text() for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"))}
MORE_PAGES = {path: path.read_text() for path in ROOT.glob("edge_ml/**/*.md")}
DOCS = "\n".join(PAGES.values())
README = PAGES[ROOT / "README.md"]
INDEX = PAGES[ROOT / "docs/README.md"]
API = PAGES[ROOT / "docs/api.md"]
ONE_SCREEN = 75
"""The most lines of the README."""
CODES = {
    "ApiError": 1,
    "TokenError": 0,
    "FetchError": 0,
    "ImageError": 0,
    "ImageTypeError": 0,
    "Rejection": 0,
    "Skipped": 0,
    "TargetError": 0,
}
"""The position of the stable code among the arguments of each class."""


def named(text: str) -> re.Pattern[str]:
    """Return the pattern of a name in code style, alone or before further code."""
    return re.compile(rf"`{re.escape(text)}(`|[ =?])")


def unnamed(names: set[str], text: str = DOCS) -> set[str]:
    return {name for name in names if not named(name).search(text)}


def product_code() -> Iterator[ast.Module]:
    folders = [*(ROOT / "domain", ROOT / "wire"), *(room for unit in UNITS for room in (ROOT / unit).glob("*/runtime"))]
    files = [file for folder in folders for file in folder.rglob("*.py")]
    return (ast.parse(file.read_text()) for file in (*files, *EDGE))


def calls(tree: ast.AST) -> Iterator[tuple[str, list[ast.expr], dict[str | None, ast.expr]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node.args, {keyword.arg: keyword.value for keyword in node.keywords}


def text_of(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def error_codes(tree: ast.Module) -> set[str]:
    found = {text_of(given[CODES[name]]) for name, given, _ in calls(tree) if name in CODES and given}
    found |= {text_of(more.get("error")) for name, _, more in calls(tree) if name == "SubscriberResponse"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            found |= {text_of(value) for key, value in pairs if text_of(key) == "code"}
    return {code for code in found if code}


def test_every_route_is_documented() -> None:
    assert len(route_keys()) > 10
    assert not unnamed(route_keys(), API)


def test_every_documented_route_exists() -> None:
    written = {f"{verb} {path}" for verb, path in re.findall(r"`(GET|POST|PUT|PATCH|DELETE) (/[^\s`?]*)", DOCS)}
    assert written
    assert written <= route_keys()


def test_every_event_type_is_documented() -> None:
    assert not unnamed(set(TYPES), API)


def test_every_setting_is_documented_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (?:`(.*?)`)? ?\|", PAGES[ROOT / "docs/settings.md"], re.MULTILINE))
    defaults = {field.name: "" if field.default is MISSING else str(field.default) for field in fields(Settings)}
    assert rows == {name: shown.lower() for name, shown in defaults.items()}


@pytest.mark.parametrize("settings", [{}, LOCAL], ids=["account", "local"])
def test_every_environment_variable_is_documented(settings: dict[str, str]) -> None:
    functions = [function["Properties"] for _, function in resources("AWS::Lambda::Function", **settings)]
    given = {name for function in functions for name in function["Environment"]["Variables"]}
    assert len(given) > 10
    assert not unnamed(given, PAGES[ROOT / "docs/architecture.md"])


def test_every_make_target_is_documented() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    targets = set(phony[1].split()) - {"help"}  # plain `make` shows it
    assert not {target for target in targets if not re.search(rf"(^|`)make {target}\b", DOCS, re.MULTILINE)}


def test_every_error_code_is_documented() -> None:
    codes = set().union(*map(error_codes, product_code()))
    assert {"internal_error", "url_blocked", "unknown_model", "damaged_image", "unsubscribed", "exhausted"} <= codes
    assert not unnamed(codes, API)


def test_codes_that_name_a_field_are_documented() -> None:
    tree = ast.parse((ROOT / "api/ingest/runtime/handler.py").read_text())
    read = {text_of(given[1]) for name, given, _ in calls(tree) if name == "_text"}
    assert read
    assert not unnamed({f"invalid_{field}" for field in read}, API)


def test_the_region_is_set_as_both_versions_of_the_aws_cli_read_it() -> None:
    assert "AWS_DEFAULT_REGION=" in DOCS
    assert not [page.name for page, text in PAGES.items() if "AWS_REGION=" in text]


def test_the_limits_of_uploads_are_documented_in_their_units() -> None:
    form, body = f"{FORM_LARGEST / 2**20:g} MiB", f"{BODY_LARGEST / 10**6:g} MB"
    pages = {page.name: text for page, text in PAGES.items() if page.name in ("api.md", "use-it.md")}
    assert not [name for name, text in pages.items() if form not in text or body not in text]
    wrong = re.compile(rf"\b{FORM_LARGEST / 2**20:g} MB\b")
    assert not [page.name for page, text in PAGES.items() if wrong.search(text)]


def test_the_readme_is_one_screen() -> None:
    assert len(README.splitlines()) <= ONE_SCREEN


def test_every_page_is_listed_in_the_index_once() -> None:
    listed = re.findall(r"^\d+\. \[[^\]]+\]\(([a-z-]+\.md)\)", INDEX, re.MULTILINE)
    assert sorted(listed) == sorted(path.name for path in ROOT.glob("docs/*.md") if path.name != "README.md")


def test_the_index_is_numbered_in_reading_order() -> None:
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", INDEX, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_picture_of_the_pages_exists() -> None:
    named = [(page, name) for page, text in PAGES.items() for name in re.findall(r'<img src="([^"]+)"', text)]
    assert named
    assert not [name for page, name in named if not (page.parent / name).exists()]


def test_every_link_leads_to_a_file_or_heading() -> None:
    pages = PAGES | MORE_PAGES
    dead = [(page.name, target) for page, text in pages.items() for target in links(text) if not leads(page, target)]
    assert not dead


def links(text: str) -> list[str]:
    return [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if not target.startswith("https://")]


def leads(page: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    linked = (page.parent / name).resolve() if name else page
    return linked.exists() and (not anchor or anchor in anchors(linked.read_text()))


def anchors(text: str) -> set[str]:
    """Return the anchors of headings as GitHub makes them, and those set by hand."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)">', text))
