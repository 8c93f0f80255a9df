"""No crafted file of any format takes the function over 600 MB, whatever is done with it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import edge_ml.pictures.formats.heif  # noqa: F401 - Pillow learns to write it, too
from tests.edge_ml.awkward.crafted import FILES

ROOT = Path(__file__).parents[3]
REFUSED = {"jpeg 12240 one scan each": "too_many_pixels", "jpeg 12 bits": "damaged_image"}


@pytest.mark.parametrize("name", FILES)
def test_a_crafted_file_takes_less_than_600_megabytes(name: str, tmp_path: Path) -> None:
    file = tmp_path / "crafted"
    file.write_bytes(FILES[name]())
    command = [sys.executable, "-m", "tests.edge_ml.awkward.memory_peaks"]
    for work in ("recognize", "rekognition", "annotated"):
        done = subprocess.run(
            [*command, work, str(file)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=300
        )
        (measured,) = map(json.loads, done.stdout.splitlines())
        assert not measured["status"], (work, measured)
        assert measured["peak"] < 600, (work, measured)
        if name in REFUSED:
            assert measured["outcome"] == REFUSED[name]
