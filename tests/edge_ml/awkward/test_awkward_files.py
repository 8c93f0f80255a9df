"""Awkward files are recognized or refused with a code, in little time and memory; skipped without the data."""

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
READ_BY_US = {
    "pillow/avif__hopper.heif",
    "pillow/unknown_compression_method.png",
    "pillow/png_decompression_dos.png",
    "pillow/truncated_jpeg.jpg",
}
"""Pillow alone, which wrote the manifest, cannot read HEIF, a PNG with an odd text or profile, or a JPEG whose last
byte, one of its end, is missing."""

pytestmark = [pytest.mark.skipif(not FILES, reason="no shared data"), pytest.mark.filterwarnings("ignore")]


def outcome(model: Model, file: str) -> str:
    try:
        result = recognize_image(model, (FOLDER / file).read_bytes())
    except ImageError as error:
        return "retryable" if error.retryable else error.code
    assert sum(seen["confidence"] for seen in result["detections"]) == pytest.approx(1, abs=0.05)
    return "recognized"


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: str(entry["file"]))
def test_an_awkward_file_is_recognized_or_refused_with_a_code(colors: Model, entry: dict[str, Any]) -> None:
    found = outcome(colors, entry["file"])
    assert found in REFUSALS | {"recognized"}
    if entry["category"] in ALWAYS_READ and entry["load"] == "ok":
        assert found == "recognized"
    if entry["load"] != "ok":
        assert (found == "recognized") is (entry["file"] in READ_BY_US)


def test_the_manifest_is_complete(colors: Model) -> None:
    outcomes = [outcome(colors, entry["file"]) for entry in FILES]
    assert len(outcomes) == 127
    assert {code: outcomes.count(code) for code in ("too_many_pixels", "unsupported_format")} == {
        "too_many_pixels": 7,
        "unsupported_format": 12,
    }


@pytest.mark.parametrize("work", ["recognize", "rekognition", "thumbnail", "annotated"])
def test_no_awkward_file_crashes_or_hangs_a_process_or_takes_600_megabytes(work: str) -> None:
    """Each file runs in its own child: see memory_peaks.py."""
    command = [
        sys.executable,
        "-m",
        "tests.edge_ml.awkward.memory_peaks",
        work,
        *(str(FOLDER / entry["file"]) for entry in FILES),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=600)
    measurements = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(measurements) == len(FILES)
    assert not [measurement for measurement in measurements if measurement["status"] or measurement["peak"] > 600]


@pytest.mark.parametrize(
    "entry",
    [entry for entry in FILES if entry["category"] == "mode" and entry["load"] == "ok"],
    ids=lambda k: k["file"],
)
def test_every_mode_looks_as_pillow_s_own_conversion_says(entry: dict[str, Any]) -> None:
    """The reference: decode fully, convert to 8 bits, paste on white, and only then resize."""
    data = (FOLDER / entry["file"]).read_bytes()
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) // 257).astype(np.uint8))
    whole = image.convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole).convert("RGB")
    expected = np.asarray(flat.resize((64, 64), Image.Resampling.BILINEAR), np.float32)
    assert np.abs(decode(data, Fit((64, 64), "stretch")).pixels - expected).max() <= 3
