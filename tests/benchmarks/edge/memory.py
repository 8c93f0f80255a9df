"""The edge function's memory: its peak on a phone's photo, and its growth by decoding."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.edge.photos import SIZES, photo
from tests.benchmarks.figure import Figure

ROOT = Path(__file__).parents[3]
PHONE = (5712, 4284)
"""24 million pixels, a phone's photo since 2023."""

PROGRAM = """
import re
import sys
from pathlib import Path

from edge_ml.handler import MODELS
from edge_ml.serving.recognize import recognize_image

def peak():
    return int(re.search("VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

model, small, data = MODELS.get(None), *(Path(path).read_bytes() for path in sys.argv[1:])
recognize_image(model, small)
before = peak()
recognize_image(model, data)
print(peak(), peak() - before)
"""


def figures() -> list[Figure]:
    """Measure each photo in its own process by Linux's VmHWM, because ru_maxrss starts with the parent's memory."""
    phone, growth = _measured(photo(*PHONE))
    return [
        Figure("peak memory of the worker on a phone's photo of 24 MP", phone, at_most=200, unit="MiB"),
        Figure("growth from a photo of 0.3 MP to one of 24 MP", growth, at_most=8, unit="MiB"),
        *(
            Figure(
                f"growth from a photo of 0.3 MP to one of {name}",
                _measured(photo(*SIZES[name]))[1],
                at_most=8,
                unit="MiB",
            )
            for name in ("12 MP", "2 MP")
        ),
    ]


def _measured(data: bytes) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / "small.jpg", Path(folder) / "photo.jpg"]
        for file, content in zip(files, (photo(*SIZES["0.3 MP"]), data), strict=True):
            file.write_bytes(content)
        command = [sys.executable, "-c", PROGRAM, *map(str, files)]
        output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    return float(output[0]), float(output[1])
