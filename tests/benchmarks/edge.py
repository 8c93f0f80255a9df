"""The edge function: how soon it stands, how fast bytes become labels. Processor time, so that neighbours count little.

Bytes to labels is set against OpenCV's scaled decode where OpenCV is installed: the fastest loop known.
"""

import io
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import skimage
from numpy.typing import NDArray
from PIL import Image, ImageOps

from edge_ml.classifiers import Classifiers
from edge_ml.decode import Picture, decode
from edge_ml.handler import answer
from edge_ml.model import Model
from edge_ml.session import opened
from tests.benchmarks.figure import Figure

ROOT = Path(__file__).parents[2]
SIZES = {"12 MP": (4000, 3000), "2 MP": (1632, 1224), "0.3 MP": (640, 480)}
STARTS = {
    "bare": """
import numpy, onnxruntime
from PIL import Image
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
onnxruntime.InferenceSession("edge_ml/models/animals/model.onnx", options, providers=["CPUExecutionProvider"])
""",
    "edge_ml": "import edge_ml.handler",
}
ROUNDS = 15


def figures() -> list[Figure]:
    """All of them, in one run."""
    model = Classifiers(ROOT / "edge_ml/models", "animals").named(None)
    found = [start()]
    for name, size in SIZES.items():
        found += path(name, photo(*size), model)
    return [*found, threads(photo(*SIZES["2 MP"]), model)]


def start() -> Figure:
    """Import and session; in both, the modules that the Lambda runtime client has loaded already do not count."""
    taken: dict[str, list[float]] = {name: [] for name in STARTS}
    for _ in range(ROUNDS):
        for name, statement in STARTS.items():
            taken[name].append(_started(statement))
    ours, bare = statistics.median(taken["edge_ml"]), statistics.median(taken["bare"])
    return Figure("edge_ml import + session ÷ bare import + session", ours / bare, at_most=1.05)


def path(name: str, data: bytes, model: Model) -> list[Figure]:
    """Bytes to labels of one photo on one core."""
    fit = model.bundle.fit
    ours, decoding = _milliseconds(lambda: answer(model, data)), _milliseconds(lambda: decode(data, fit))
    naive = _milliseconds(lambda: model.detections(naively(data, model)))
    fastest = _fastest(data, model)
    error = float(np.square(decode(data, fit).pixels - naively(data, model).pixels.astype(float)).mean())
    decibel = float(10 * np.log10(255**2 / (error or 1e-5)))
    return [
        Figure(f"{name}: bytes → labels on one core", 1000 / ours, unit="img/s"),
        Figure(f"{name}: time of one image", ours, unit="ms"),
        Figure(f"{name}: of which decode and resize", decoding, unit="ms"),
        Figure(f"{name}: speed ÷ a naive loop's", naive / ours),
        *([Figure(f"{name}: speed ÷ a bare OpenCV loop's", fastest / ours, at_least=0.90)] if fastest else []),
        Figure(f"{name}: PSNR against a full decode", decibel, at_least=50, unit="dB"),
    ]  # fmt: skip


def threads(data: bytes, model: Model, images: int = 60) -> Figure:
    """What two threads of one worker get done in the time of one; true only on two idle cores."""

    def wall(workers: int) -> float:
        begun = time.perf_counter()
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda _: answer(model, data), range(images)))
        return time.perf_counter() - begun

    one, two = (min(wall(workers) for _ in range(5)) for workers in (1, 2))
    return Figure("edge_ml two threads ÷ one (wants two idle cores)", one / two, at_least=1.85)


def photo(width: int, height: int) -> bytes:
    """A JPEG of a cat with some sensor noise."""
    noise = np.random.default_rng(0)
    with Image.open(Path(skimage.__file__).parent / "data/chelsea.png") as cat:
        pixels = np.asarray(cat.convert("RGB").resize((width, height), Image.Resampling.BICUBIC), np.float32)
    file = io.BytesIO()
    noisy = (pixels + noise.normal(0, 4, pixels.shape)).clip(0, 255).astype(np.uint8)
    Image.fromarray(noisy).save(file, "JPEG", quality=90)
    return file.getvalue()


def naively(data: bytes, model: Model) -> Picture:
    """Everything decoded, turned and converted at full size, then resized."""
    fit = model.bundle.fit
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    small = image.resize(fit.size, Image.Resampling.BILINEAR, box=fit.box(image.size))
    return Picture(np.asarray(small), image.size)


def _fastest(data: bytes, model: Model) -> float | None:
    if not find_spec("cv2"):
        return None
    cv2 = import_module("cv2")
    width, height = model.bundle.fit.size
    session, (scale, shift) = opened(model.bundle), model.bundle.input.line
    flag = _scaled(cv2, Image.open(io.BytesIO(data)).size, 2 * max(width, height))
    tensor = np.empty((1, 3, height, width), np.float32)

    def once() -> object:
        middle = _middle(cv2.imdecode(np.frombuffer(data, np.uint8), flag))
        small = cv2.resize(middle, (width, height), interpolation=cv2.INTER_AREA)
        np.multiply(small[:, :, ::-1].transpose(2, 0, 1), scale, out=tensor[0])
        np.add(tensor, shift, out=tensor)
        return session.run(None, {model.bundle.input.name: tensor})[0].argsort()

    return _milliseconds(once)


def _middle(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    side = min(image.shape[:2])
    top, left = (image.shape[0] - side) // 2, (image.shape[1] - side) // 2
    return image[top : top + side, left : left + side]


def _scaled(cv2: Any, size: tuple[int, int], wanted: int) -> Any:
    shrunk = next((n for n in (8, 4, 2) if min(size) // n >= wanted), None)
    return getattr(cv2, f"IMREAD_REDUCED_COLOR_{shrunk}") if shrunk else cv2.IMREAD_COLOR


def _milliseconds(call: Callable[[], object]) -> float:
    call()
    times = []
    for _ in range(ROUNDS):
        begun = time.thread_time()
        call()
        times.append((time.thread_time() - begun) * 1000)
    return statistics.median(times)


def _started(statement: str) -> float:
    begun = "import awslambdaric.bootstrap, time; begun = time.process_time()"
    timed = f"{begun}\n{statement}\nprint((time.process_time() - begun) * 1000)"
    environment = {"PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", timed]
    return float(subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    print(*figures(), sep="\n")
