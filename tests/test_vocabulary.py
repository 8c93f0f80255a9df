"""Plain technical English in code and docs: names by what they are, American spelling, no private dialect."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from tests.product_code import PRODUCT, files, parse, place

STABLE = {"--normalise"}
"""A flag that callers may use still; its present name is `--normalize`."""

DOCS = ("CHANGELOG.md", "README.md", "docs")

NAMES = {"said", "told", "owed", "each", "anew", "wish", "wishes", "stands", "whoever"}
"""Words that no identifier may contain: the thing has a name of its own."""

DIALECT = re.compile(
    r"\b(is|are) let be\b|\bowed\b|\bwho(so)?ever\b|\b(is|are|be|was|were) told\b|\btold of\b|\btells? of\b|\banew\b"
    r"|\banswers? whether\b|\bno more than that\b|\bwhat .{1,40} stands for\b",
    re.IGNORECASE,
)
OPENING = re.compile(r"(Who|Whom|Whose|What|Whether|Where|Which)\b")
"""First words of a docstring that is a clause, not a sentence in the imperative or a noun phrase."""

_ISE = (
    "author|capital|categor|character|custom|emphas|final|general|initial|local|maxim|minim|optim|organ|quant|raster|real"
    "|serial|special|standard|summar|synchron|token|util|vector|visual"
)
BRITISH = re.compile(
    rf"recognis|normalis|\b({_ISE})is(e|ed|er|ers|es|ing|able|ation|ations)\b|analys(ed|er|ing)\b"
    r"|synthesis(e[ds]?|er|ing)\b|colour|behaviour|neighbour|honour|favour|flavour|labour|catalogue|artefact|judgement"
    r"|\b(amongst|whilst|grey|centre|metre|licence|defence|programme|fulfil)\b"
    r"|\b(tunnel|model|label|travel)l(ed|ing)\b",
    re.IGNORECASE,
)

_NAMED_BY = {ast.FunctionDef: "name", ast.AsyncFunctionDef: "name", ast.ClassDef: "name", ast.arg: "arg",
             ast.ExceptHandler: "name", ast.alias: "asname", ast.Name: "id", ast.Attribute: "attr"}  # fmt: skip


def identifiers(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield every name that a module defines, with its line."""
    for node in ast.walk(tree):
        is_read = isinstance(getattr(node, "ctx", None), ast.Load | ast.Del)
        name = getattr(node, _NAMED_BY[type(node)]) if type(node) in _NAMED_BY and not is_read else None
        if name:
            yield getattr(node, "lineno", 0), name


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the docstrings of modules, classes, functions and of the constants and fields before them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value


def prose(file: Path) -> Iterator[tuple[int, str]]:
    """Yield the comments, and the texts that have a space: docstrings, log messages, help texts, error details."""
    for node in ast.walk(parse(file)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value
    for token in tokenize.generate_tokens(io.StringIO(file.read_text()).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def _without_stable(line: str) -> str:
    for name in STABLE:
        line = line.replace(name, "")
    return line


def test_identifiers_are_names_of_things() -> None:
    offenders = [
        f"{place(file, line)}: {name}"
        for file in files(".py")
        for line, name in identifiers(parse(file))
        if NAMES & set(name.lower().split("_"))
    ]
    assert not offenders, "\n".join(offenders)


def test_prose_is_plain_english() -> None:
    offenders = [
        f"{place(file, line)}: {match[0]}"
        for file in files(".py")
        for line, text in prose(file)
        if (match := DIALECT.search(text))
    ]
    assert not offenders, "\n".join(offenders)


def test_docstrings_begin_with_a_verb_or_a_noun() -> None:
    offenders = [
        f"{place(file, line)}: {text.splitlines()[0]}"
        for file in files(".py")
        for line, text in docstrings(parse(file))
        if OPENING.match(text)
    ]
    assert not offenders, "\n".join(offenders)


def test_spelling_is_american() -> None:
    offenders = [
        f"{place(file, number)}: {match[0]}"
        for file in files(".py", ".md", ".html", ".js", ".json", among=PRODUCT + DOCS)
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if (match := BRITISH.search(_without_stable(line)))
    ]
    assert not offenders, "\n".join(offenders)


def test_the_checks_find_what_they_forbid() -> None:
    tree = ast.parse("def said(each):\n    '''Whoever asks.'''\n    for told in each: self.owed = told")
    assert {name for _, name in identifiers(tree)} == {"said", "each", "told", "owed"}
    assert [text for _, text in docstrings(tree)] == ["Whoever asks."]
    assert DIALECT.search("A picture of whoever asks")
    assert OPENING.match("Whether it is there.")
    assert not OPENING.match("Return whether it is there.")
    for word in ("recognises", "Normalised", "colour", "grey", "synthesised", "neighbouring", "licence"):
        assert BRITISH.search(word), word
    for word in (
        "recognizes",
        "synthesis",
        "gray",
        "exercise",
        "promise",
        "license",
        "raise",
        "analysis",
        "optimistic",
    ):
        assert not BRITISH.search(word), word
