"""docs/own-model.md explains every code of a refusal."""

import ast
import re
from pathlib import Path

import edge_ml

PACKAGE = Path(edge_ml.__file__).parent
PAGE = (PACKAGE.parent / "docs/own-model.md").read_text()


def codes(tree: ast.Module) -> set[str]:
    """Return the codes in TrialError("code", …) and in the table of ONNX Runtime's messages."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    codes = [call.args[0] for call in calls if call.func.id == "TrialError" and call.args]  # type: ignore[attr-defined]
    rows = [node.elts[1] for node in ast.walk(tree) if isinstance(node, ast.Tuple) and len(node.elts) == 3]
    texts = [node.value for node in (*codes, *rows) if isinstance(node, ast.Constant)]
    return {str(text) for text in texts if re.fullmatch(r"[a-z]+(_[a-z]+)+|fails|crashed|taken", str(text))}


def test_every_code_of_a_refusal_is_explained() -> None:
    files = [
        *(PACKAGE / "onboarding").rglob("*.py"),
        *(PACKAGE / "serving/trial" / name for name in ("confinement.py", "load_error.py")),
    ]
    found = set().union(*(codes(ast.parse(file.read_text())) for file in files))
    assert {"label_count", "too_slow", "external_data", "crashed", "taken"} <= found
    assert not {code for code in found if f"`{code}`" not in PAGE}
