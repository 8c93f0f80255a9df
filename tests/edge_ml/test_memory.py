"""A phone's photograph of 24 megapixels, in a process that has just recognised a small one."""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
MEASURED = """
import json, re, sys
from pathlib import Path
from edge_ml.bundle import ModelBundle
from edge_ml.handler import answer
from edge_ml.model import Model

model = Model(ModelBundle.load("edge_ml/models/animals"))
def peak():  # ru_maxrss would count what the parent held when it forked
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
small, large = (Path(name).read_bytes() for name in sys.argv[1:])
answer(model, small)
before = peak()
size = answer(model, large)["size"]
print(json.dumps({"pixels": size["width"] * size["height"], "peak": peak(), "growth": peak() - before}))
"""


def photograph(size: tuple[int, int], kind: str, **options: object) -> bytes:
    """Something with detail, always the same."""
    noise = Image.fromarray(np.random.default_rng(7).integers(0, 256, (size[1] // 40, size[0] // 40, 3), np.uint8))
    file = io.BytesIO()
    noise.resize(size, Image.Resampling.BILINEAR).save(file, kind, **options)
    return file.getvalue()


def measured(folder: Path, **options: object) -> dict[str, float]:
    """MiB: the most the process ever held, and how much of it came with the large photograph."""
    files = [folder / "small.jpg", folder / "large.jpg"]
    for file, size in zip(files, ((640, 480), (6000, 4000)), strict=True):
        file.write_bytes(photograph(size, "JPEG", quality=90, **options))
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *files], cwd=ROOT, capture_output=True, text=True, check=True
    )
    told: dict[str, float] = json.loads(done.stdout)
    assert told["pixels"] == 6000 * 4000
    return told


@pytest.mark.skipif(sys.platform != "linux", reason="peaks are read from /proc")
def test_a_baseline_jpeg_takes_no_more_memory_than_a_small_one(tmp_path: Path) -> None:
    told = measured(tmp_path)
    assert told["growth"] <= 8
    assert told["peak"] <= 200


@pytest.mark.skipif(sys.platform != "linux", reason="peaks are read from /proc")
def test_a_progressive_jpeg_s_coefficients_are_all_that_is_held_of_it(tmp_path: Path) -> None:
    told = measured(tmp_path, progressive=True)
    assert told["growth"] <= 6000 * 4000 * 3 / 2**20 + 16  # two bytes each, 1.5 of them a pixel
    assert told["peak"] <= 200
