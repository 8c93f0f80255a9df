"""What the edge function's memory comes to: at its peak on a phone's photo, and what decoding adds to it."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.edge.photos import SIZES, photo
from tests.benchmarks.figure import Figure

ROOT = Path(__file__).parents[3]
PHONE = (5712, 4284)
"""24 million pixels, as phones have made them since 2023."""

ANSWERED = """
import re
import sys
from pathlib import Path

from edge_ml.handler import MODELS, answer

def peak():
    return int(re.search("VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

model, small, data = MODELS.named(None), *(Path(path).read_bytes() for path in sys.argv[1:])
answer(model, small)
before = peak()
answer(model, data)
print(peak(), peak() - before)
"""


def figures() -> list[Figure]:
    """Each in a process of its own. Linux: VmHWM, because ru_maxrss begins with what the parent had."""
    phone, growth = _answered(photo(*PHONE))
    return [
        Figure("peak RSS of the worker on a 24-Mpx phone photo", phone, at_most=200, unit="MiB"),
        Figure("of which grown over a 0.3-Mpx photo, at 24 Mpx", growth, at_most=8, unit="MiB"),
        *(
            Figure(f"grown over a 0.3-Mpx photo, at {name}", _answered(photo(*SIZES[name]))[1], at_most=8, unit="MiB")
            for name in ("12 MP", "2 MP")
        ),
    ]


def _answered(data: bytes) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / "small.jpg", Path(folder) / "photo.jpg"]
        for file, content in zip(files, (photo(*SIZES["0.3 MP"]), data), strict=True):
            file.write_bytes(content)
        command = [sys.executable, "-c", ANSWERED, *map(str, files)]
        said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    return float(said[0]), float(said[1])
