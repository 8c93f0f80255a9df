"""Every awkward file ends in an answer or in a coded refusal, in time and little memory; skipped without the data."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from edge_ml.image_error import ImageError
from edge_ml.inference.model import Model
from edge_ml.pictures.decode import decode
from edge_ml.pictures.letterbox import Fit
from edge_ml.serving.recognize import recognize_image

ROOT = Path(__file__).parents[3]
FOLDER = ROOT.parent / "shared/data/awkward"
FILES: list[dict[str, Any]] = json.loads((FOLDER / "manifest.json").read_text()) if FOLDER.is_dir() else []
REFUSALS = {"not_an_image", "unsupported_format", "too_many_pixels", "damaged_image"}
ALWAYS_READ = {"good", "mode", "orientation", "metadata", "tiny"}
HEIF = "pillow/avif__hopper.heif"
"""Pillow alone, which wrote the manifest, cannot read it."""

pytestmark = [pytest.mark.skipif(not FILES, reason="no shared data"), pytest.mark.filterwarnings("ignore")]


def outcome(model: Model, file: str) -> str:
    try:
        said = recognize_image(model, (FOLDER / file).read_bytes())
    except ImageError as error:
        return "retryable" if error.retryable else error.code
    assert sum(seen["confidence"] for seen in said["detections"]) == pytest.approx(1, abs=0.05)
    return "answered"


@pytest.mark.parametrize("known", FILES, ids=lambda known: str(known["file"]))
def test_an_awkward_file_ends_in_an_answer_or_a_code(colors: Model, known: dict[str, Any]) -> None:
    said = outcome(colors, known["file"])
    assert said in REFUSALS | {"answered"}
    if known["category"] in ALWAYS_READ and known["load"] == "ok":
        assert said == "answered"
    if known["load"] != "ok":
        assert (said == "answered") is (known["file"] == HEIF)


def test_the_manifest_is_complete(colors: Model) -> None:
    outcomes = [outcome(colors, known["file"]) for known in FILES]
    assert len(outcomes) == 127
    assert {code: outcomes.count(code) for code in ("too_many_pixels", "unsupported_format")} == {
        "too_many_pixels": 7,
        "unsupported_format": 9,
    }


@pytest.mark.parametrize("work", ["answer", "rekognition", "thumbnail", "annotated"])
def test_no_awkward_file_crashes_or_hangs_a_process_or_takes_600_megabytes(work: str) -> None:
    """Each in a child of its own: see memory_peaks.py."""
    command = [
        sys.executable,
        "-m",
        "tests.edge_ml.awkward.memory_peaks",
        work,
        *(str(FOLDER / known["file"]) for known in FILES),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=600)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == len(FILES)
    assert not [each for each in told if each["status"] or each["peak"] > 600]


@pytest.mark.parametrize(
    "known",
    [known for known in FILES if known["category"] == "mode" and known["load"] == "ok"],
    ids=lambda k: k["file"],
)
def test_every_mode_looks_as_pillow_s_own_conversion_says(known: dict[str, Any]) -> None:
    """Decoded whole, brought to 8 bits, laid on white, and only then made small."""
    data = (FOLDER / known["file"]).read_bytes()
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) // 257).astype(np.uint8))
    whole = image.convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole).convert("RGB")
    expected = np.asarray(flat.resize((64, 64), Image.Resampling.BILINEAR), np.float32)
    assert np.abs(decode(data, Fit((64, 64), "stretch")).pixels - expected).max() <= 3
