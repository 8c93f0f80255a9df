"""Staging: a bundle is laid out in a temporary folder and tried there before it goes anywhere."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from edge_ml.onboarding.proposal.findings import FOUND, GIVEN, GUESSED, Findings

_SOURCES = {FOUND: "the file", GUESSED: "a guess", GIVEN: "its owner"}


def stage_bundle(folder: Path, model: Path, proposal: Findings) -> str:
    """Write into the folder: a copy of the model, model.json, and a card with the source of each field.

    Returns the digest of the model, as the bundle states it.
    """
    folder.mkdir(exist_ok=True)
    shutil.copyfile(model, folder / "model.onnx")
    write_model_json(folder, proposal.to_dict())
    (folder / "MODEL_CARD.md").write_text(_card(proposal), encoding="utf-8")
    return hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()


def write_model_json(folder: Path, content: Mapping[str, object]) -> None:
    """Write the folder's model.json."""
    (folder / "model.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _card(proposal: Findings) -> str:
    rows = [
        f"| `{field}` | {_cell(finding.value)} | {_SOURCES[finding.source]} | {finding.reason} |"
        for field, finding in proposal
    ]
    return "\n".join([
        f"# {proposal['name']} {proposal['version']}",
        "",
        f"Source: {proposal['source']}. License: {proposal['license']}. Added by `python -m edge_ml add`. Nobody has",
        "measured it yet: describe here how it does on pictures like yours, and what it must not be used for.",
        "",
        "| field | value | from | why |",
        "|---|---|---|---|",
        *rows,
        "",
    ])  # fmt: skip


def _cell(value: object) -> str:
    return f"{len(value)} values" if isinstance(value, list) and len(value) > 3 else f"`{value}`"
