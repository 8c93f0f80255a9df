"""Every code of a refusal is explained on the page that people read."""

import ast
import re
from pathlib import Path

import edge_ml

PACKAGE = Path(edge_ml.__file__).parent
PAGE = (PACKAGE.parent / "docs/own-model.md").read_text()


def codes(tree: ast.Module) -> set[str]:
    """What is raised as TrialError("code", …), and what the table of ONNX Runtime's reasons holds."""
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)]
    given = [each.args[0] for each in calls if each.func.id == "TrialError" and each.args]  # type: ignore[attr-defined]
    rows = [each.elts[1] for each in ast.walk(tree) if isinstance(each, ast.Tuple) and len(each.elts) == 3]
    texts = [each.value for each in (*given, *rows) if isinstance(each, ast.Constant)]
    return {str(text) for text in texts if re.fullmatch(r"[a-z]+(_[a-z]+)+|fails|crashed|taken", str(text))}


def test_every_code_of_a_refusal_is_explained() -> None:
    files = [
        *(PACKAGE / "onboarding").rglob("*.py"),
        *(PACKAGE / "serving/trial" / name for name in ("confinement.py", "load_error.py")),
    ]
    found = set().union(*(codes(ast.parse(file.read_text())) for file in files))
    assert {"label_count", "too_slow", "external_data", "crashed", "taken"} <= found
    assert not {code for code in found if f"`{code}`" not in PAGE}
