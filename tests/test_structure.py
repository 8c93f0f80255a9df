"""The shape of the product code: no circles, small folders, few imports, few parameters, few `Any`."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.product_code import ROOT, files, parse, place

MOST_MODULES = 10
MOST_SIBLINGS = 10
MOST_PARAMETERS = 5
MOST_ANY = 1.0
"""Per hundred lines of product code."""

Graph = Mapping[str, set[str]]


def name_of(file: Path) -> str:
    """Return the dotted name of a module; a package has the name of its folder."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports() -> dict[str, set[str]]:
    """Return the own modules that each module imports, within functions and for type checks included."""
    names = {name_of(file) for file in files(".py")}
    return {name_of(file): set(imported(parse(file), names)) - {name_of(file)} for file in files(".py")}


def imported(tree: ast.AST, names: set[str]) -> Iterator[str]:
    """Yield the names of the own modules that a syntax tree imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                candidates = (f"{node.module}.{alias.name}", node.module)
                yield from [name for name in candidates if name in names][:1]


def circles(graph: Graph) -> list[list[str]]:
    """Return the groups of nodes that reach one another, without those of a single node."""
    reach = {node: reachable(graph, node) for node in graph}
    groups = {tuple(sorted({node, *(other for other in reach[node] if node in reach[other])})) for node in graph}
    return sorted(list(group) for group in groups if len(group) > 1)


def reachable(graph: Graph, start: str) -> set[str]:
    """Return the nodes that a node reaches."""
    found: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += graph.get(node, ())
    return found


def siblings(graph: Graph) -> dict[str, Graph]:
    """Return for each package, and for the root as "", the imports between its direct children."""
    levels: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for module, targets in graph.items():
        for target in targets:
            ours, theirs = module.split("."), target.split(".")
            depth = next((n for n, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]), None)
            if depth is not None:
                package = ".".join(ours[:depth])
                levels[package][".".join(ours[: depth + 1])].add(".".join(theirs[: depth + 1]))
                levels[package].setdefault(".".join(theirs[: depth + 1]), set())
    return {package: dict(children) for package, children in levels.items()}


def functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield every function and method."""
    for file in files(".py"):
        for node in ast.walk(parse(file)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield file, node


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Return the names of a function's parameters without `self`, `cls`, `*args` and `**kwargs`."""
    given = function.args
    names = [argument.arg for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return [name for name in names if name not in ("self", "cls")]


def test_no_circle_of_files() -> None:
    assert not circles(imports())


def test_no_circle_of_packages_at_any_level() -> None:
    found = {package: circles(graph) for package, graph in siblings(imports()).items()}
    assert not {package: groups for package, groups in found.items() if groups}


def test_a_folder_has_at_most_ten_modules() -> None:
    sizes = Counter(file.parent for file in files(".py") if file.name != "__init__.py" and file.parent != ROOT)
    assert sizes
    assert not {str(folder.relative_to(ROOT)): size for folder, size in sizes.items() if size > MOST_MODULES}


def test_a_module_imports_at_most_ten_others_of_its_unit() -> None:
    def own(module: str, targets: Iterable[str]) -> list[str]:
        return [target for target in targets if target.split(".")[0] == module.split(".")[0]]

    counts = {module: len(own(module, targets)) for module, targets in imports().items()}
    assert not {module: count for module, count in counts.items() if count > MOST_SIBLINGS}


def test_a_function_has_at_most_five_parameters() -> None:
    offenders = [
        f"{place(file, function.lineno)}: {function.name}({', '.join(parameters(function))})"
        for file, function in functions()
        if len(parameters(function)) > MOST_PARAMETERS
    ]
    assert not offenders, "\n".join(offenders)


def test_any_is_rare() -> None:
    lines = sum(len(file.read_text().splitlines()) for file in files(".py"))
    counts = {file: sum(isinstance(node, ast.Name) and node.id == "Any" for node in ast.walk(parse(file)))
              for file in files(".py")}  # fmt: skip
    worst = sorted(counts, key=lambda file: -counts[file])[:10]
    listed = "\n".join(f"{file.relative_to(ROOT)}: {counts[file]}" for file in worst)
    assert 100 * sum(counts.values()) / lines <= MOST_ANY, f"{sum(counts.values())} in {lines} lines\n{listed}"


def test_the_checks_find_circles() -> None:
    graph = {"a.x": {"b.y"}, "b.y": {"b.z"}, "b.z": {"a.w"}, "a.w": set[str]()}
    assert circles(graph) == []
    assert circles(siblings(graph)[""]) == [["a", "b"]]
    assert circles(graph | {"a.w": {"b.y"}}) == [["a.w", "b.y", "b.z"]]
