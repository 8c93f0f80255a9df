"""A bundle laid out in a folder of its own, to be tried there before it goes anywhere."""

import json
import shutil
from pathlib import Path
from typing import Any

from edge_ml.onboarding.proposal.findings import Findings

_ROLES = {"found": "the file", "guessed": "a guess", "given": "whoever added it"}


def lay_out(folder: Path, model: Path, proposed: Findings) -> None:
    """Fill the folder: the model as it is, model.json, and a card that says where each field comes from."""
    folder.mkdir(exist_ok=True)
    shutil.copyfile(model, folder / "model.onnx")
    write_json(folder, proposed.to_dict())
    (folder / "MODEL_CARD.md").write_text(_card(proposed), encoding="utf-8")


def write_json(folder: Path, content: dict[str, Any]) -> None:
    """Write model.json."""
    (folder / "model.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _card(proposed: Findings) -> str:
    rows = [
        f"| `{field}` | {_cell(finding.value)} | {_ROLES[finding.how]} | {finding.why} |" for field, finding in proposed
    ]
    return "\n".join([
        f"# {proposed['name']} {proposed['version']}",
        "",
        f"Source: {proposed['source']}. License: {proposed['license']}. Brought by `python -m edge_ml add`; nobody has",
        "measured it here: say in this card how it does on pictures like yours, and what it must not be used for.",
        "",
        "| field | value | from | why |",
        "|---|---|---|---|",
        *rows,
        "",
    ])  # fmt: skip


def _cell(value: Any) -> str:
    return f"{len(value)} values" if isinstance(value, list) and len(value) > 3 else f"`{value}`"
