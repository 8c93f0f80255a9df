"""The memory of decoding: a photograph of 24 megapixels, and a file with a false header."""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge_ml.image_error import ImageError
from edge_ml.pictures.decode import decode
from edge_ml.pictures.decompression import memory_limit as limit
from edge_ml.pictures.decompression.memory_limit import memory_limit
from edge_ml.pictures.letterbox import Fit
from tests.edge_ml import samples

ROOT = Path(__file__).parents[4]
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="peaks and limits are Linux's")
MEASURED = """
import json, re, sys
from pathlib import Path
from edge_ml.bundles.bundle import ModelBundle
from edge_ml.serving.recognize import recognize_image
from edge_ml.inference.model import Model

model = Model(ModelBundle.load("edge_ml/models/animals"))
def peak():  # ru_maxrss would count the memory of the parent at the fork
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
small, large = (Path(name).read_bytes() for name in sys.argv[1:])
recognize_image(model, small)
before = peak()
size = recognize_image(model, large)["size"]
print(json.dumps({"pixels": size["width"] * size["height"], "peak": peak(), "growth": peak() - before}))
"""


def photograph(size: tuple[int, int], kind: str, **options: object) -> bytes:
    """Return a deterministic picture with detail."""
    noise = Image.fromarray(np.random.default_rng(7).integers(0, 256, (size[1] // 40, size[0] // 40, 3), np.uint8))
    file = io.BytesIO()
    noise.resize(size, Image.Resampling.BILINEAR).save(file, kind, **options)
    return file.getvalue()


def measured(folder: Path, **options: object) -> dict[str, float]:
    """Return MiB: the peak of the process, and its growth by the large photograph."""
    files = [folder / "small.jpg", folder / "large.jpg"]
    for file, size in zip(files, ((640, 480), (6000, 4000)), strict=True):
        file.write_bytes(photograph(size, "JPEG", quality=90, **options))
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *files], cwd=ROOT, capture_output=True, text=True, check=True
    )
    memory_use: dict[str, float] = json.loads(done.stdout)
    assert memory_use["pixels"] == 6000 * 4000
    return memory_use


@on_linux
def test_a_baseline_jpeg_takes_no_more_memory_than_a_small_one(tmp_path: Path) -> None:
    memory_use = measured(tmp_path)
    assert memory_use["growth"] <= 8
    assert memory_use["peak"] <= 200


@on_linux
def test_a_progressive_jpeg_s_coefficients_are_all_that_is_held_of_it(tmp_path: Path) -> None:
    memory_use = measured(tmp_path, progressive=True)
    assert memory_use["growth"] <= 6000 * 4000 * 3 / 2**20 + 16  # two bytes each, 1.5 of them a pixel
    assert memory_use["peak"] <= 200


@on_linux
def test_allocations_beyond_the_limit_fail_and_succeed_afterwards() -> None:
    with memory_limit():
        bytearray(limit.MAX_BYTES // 2)
        with pytest.raises(MemoryError):
            bytearray(limit.MAX_BYTES * 2)
    bytearray(limit.MAX_BYTES * 2)


@on_linux
def test_an_avif_larger_than_its_header_states_is_not_decoded_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    data = bytearray(samples.encoded(samples.picture(size=(6000, 4000)), "AVIF", speed=10, subsampling="4:4:4"))
    at = data.index(b"ispe")
    data[at + 8 : at + 16] = (64).to_bytes(4, "big") * 2
    with monkeypatch.context() as patched:
        patched.setattr(limit, "MAX_BYTES", 10_000_000)
        with pytest.raises(ImageError):
            decode(bytes(data), Fit((32, 32), "stretch"))
    assert decode(bytes(data), Fit((32, 32), "stretch")).size == (64, 64)
