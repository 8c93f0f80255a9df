"""Every awkward file ends in an answer or in a coded refusal; skipped where the shared data is absent."""

import json
from pathlib import Path
from typing import Any

import pytest

from edge_ml.handler import answer
from edge_ml.image_error import ImageError
from edge_ml.model import Model

FOLDER = Path(__file__).parents[3] / "shared/data/awkward"
FILES: list[dict[str, Any]] = json.loads((FOLDER / "manifest.json").read_text()) if FOLDER.is_dir() else []
REFUSALS = {"not_an_image", "unsupported_format", "too_many_pixels", "damaged_image"}
ALWAYS_READ = {"good", "mode", "orientation", "metadata", "tiny"}

pytestmark = [pytest.mark.skipif(not FILES, reason="no shared data"), pytest.mark.filterwarnings("ignore")]


def outcome(model: Model, file: str) -> str:
    try:
        said = answer(model, (FOLDER / file).read_bytes())
    except ImageError as error:
        return "retryable" if error.retryable else error.code
    assert sum(seen["confidence"] for seen in said["detections"]) == pytest.approx(1, abs=0.05)
    return "answered"


@pytest.mark.parametrize("known", FILES, ids=lambda known: str(known["file"]))
def test_an_awkward_file_ends_in_an_answer_or_a_code(colours: Model, known: dict[str, Any]) -> None:
    said = outcome(colours, known["file"])
    assert said in REFUSALS | {"answered"}
    if known["category"] in ALWAYS_READ and known["load"] == "ok":
        assert said == "answered"
    if known["load"] != "ok":
        assert said != "answered"


def test_the_manifest_is_complete(colours: Model) -> None:
    outcomes = [outcome(colours, known["file"]) for known in FILES]
    assert len(outcomes) == 127
    assert {code: outcomes.count(code) for code in ("too_many_pixels", "unsupported_format")} == {
        "too_many_pixels": 7,
        "unsupported_format": 10,
    }
