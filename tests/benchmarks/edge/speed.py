"""The edge function: its cold start, and its time from bytes to labels.

Processor time, so that neighbors matter little. Bytes to labels is compared with the fastest loop known that decodes at
twice the model's input: libjpeg-turbo's scaled decode (simplejpeg), OpenCV's area resize, and a bare session of the
same model. Ours decodes at 1.5 times the input; the best label and the accuracy show what that costs.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from edge_ml.handler import MODELS
from edge_ml.inference.model import Model
from edge_ml.inference.session import open_session
from edge_ml.pictures.decode import decode
from edge_ml.serving.recognize import recognize_image
from tests.benchmarks.edge import fast_path
from tests.benchmarks.edge.photos import SIZES, as_progressive, decoded_in_full, photo
from tests.benchmarks.figure import Figure

ROOT = Path(__file__).parents[3]
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
ROUNDS = 25
GOALS = {"12 MP": 0.95, "2 MP": 1.05, "0.3 MP": 1.05}
"""The least speed ÷ that of the bare loop: at 12 MP both decode at an eighth, and entropy decoding is the limit."""


def figures() -> list[Figure]:
    """Return all figures of one run."""
    model = MODELS.get(None)
    found = [start()]
    for name, size in SIZES.items():
        found += path(name, photo(*size), model)
    found += [progressive(photo(*SIZES["12 MP"]), model), threads(photo(*SIZES["2 MP"]), model)]
    return found + fast_path.figures()


def start() -> Figure:
    """Measure import and session, without the modules that the Lambda runtime client has loaded before."""
    taken: dict[str, list[float]] = {name: [] for name in STARTS}
    for _ in range(ROUNDS):
        for name, statement in STARTS.items():
            taken[name].append(_started(statement))
    ours, bare = statistics.median(taken["edge_ml"]), statistics.median(taken["bare"])
    return Figure("edge_ml: import and session ÷ bare import and session", ours / bare, at_most=1.05)


def path(name: str, data: bytes, model: Model) -> list[Figure]:
    """Measure one photo from bytes to labels on one core; the compared loops alternate, each first in turn."""
    fit = model.bundle.fit
    ours, bare = partial(recognize_image, model, data), bare_loop(data, model)
    beside_bare, milliseconds = _compared(bare, ours)
    beside_naive, _ = _compared(lambda: model.detections(decoded_in_full(data, fit)), ours)
    _, decoding = _compared(bare, partial(decode, data, fit))
    return [
        Figure(f"{name}: bytes → labels on one core", 1000 / milliseconds, unit="img/s"),
        Figure(f"{name}: time of one image", milliseconds, unit="ms"),
        Figure(f"{name}: of that, decode and resize", decoding, unit="ms"),
        Figure(f"{name}: speed ÷ a naive loop's", beside_naive),
        Figure(f"{name}: speed ÷ a bare loop's of turbojpeg, OpenCV and a session", beside_bare, at_least=GOALS[name]),
    ]


def progressive(data: bytes, model: Model) -> Figure:
    """Measure bytes to labels of a progressive JPEG ÷ those of the same picture as a baseline one."""
    slower, _ = _compared(partial(recognize_image, model, as_progressive(data)), partial(recognize_image, model, data))
    return Figure("12 MP: time of a progressive JPEG ÷ a baseline one's", slower, at_most=1.6)


def threads(data: bytes, model: Model, images: int = 60) -> Figure:
    """Measure the throughput of two threads ÷ one; meaningful only on two idle cores."""

    def wall(workers: int) -> float:
        begun = time.perf_counter()
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda _: recognize_image(model, data), range(images)))
        return time.perf_counter() - begun

    one, two = (min(wall(workers) for _ in range(5)) for workers in (1, 2))
    return Figure("edge_ml: two threads ÷ one (needs two idle cores)", one / two, at_least=1.85)


def bare_loop(data: bytes, model: Model) -> Callable[[], object]:
    """Return the least possible loop: only JPEG, no orientation, no checks."""
    side = model.bundle.input.fit.size[0]
    session, (scale, shift) = open_session(model.bundle), model.bundle.input.scale_and_shift
    tensor = np.empty((1, 3, side, side), np.float32)
    cv2.setNumThreads(1)

    def once() -> object:
        pixels = simplejpeg.decode_jpeg(data, "RGB", min_height=2 * side, min_width=2 * side)
        small = cv2.resize(_middle(pixels), (side, side), interpolation=cv2.INTER_AREA)
        np.multiply(small.transpose(2, 0, 1), scale, out=tensor[0])
        np.add(tensor, shift, out=tensor)
        return session.run(None, {model.bundle.input.name: tensor})[0][0].argsort()[-5:]

    return once


def _middle(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    side = min(image.shape[:2])
    top, left = (image.shape[0] - side) // 2, (image.shape[1] - side) // 2
    return image[top : top + side, left : left + side]


def _compared(other: Callable[[], object], ours: Callable[[], object]) -> tuple[float, float]:
    """Return the median of other ÷ ours over rounds in which they alternate, and the milliseconds of ours."""
    ratios, times = [], []
    for turn in range(ROUNDS):
        first, second = (other, ours) if turn % 2 else (ours, other)
        took = {first: _milliseconds(first), second: _milliseconds(second)}
        ratios.append(took[other] / took[ours])
        times.append(took[ours])
    return statistics.median(ratios), statistics.median(times)


def _milliseconds(call: Callable[[], object]) -> float:
    begun = time.thread_time()
    call()
    return (time.thread_time() - begun) * 1000


def _started(statement: str) -> float:
    begun = "import awslambdaric.bootstrap, time; begun = time.process_time()"
    timed = f"{begun}\n{statement}\nprint((time.process_time() - begun) * 1000)"
    environment = {"PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", timed]
    return float(subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    print(*figures(), sep="\n")
