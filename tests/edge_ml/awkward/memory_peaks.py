"""The peak memory per file: `python -m tests.edge_ml.awkward.memory_peaks WORK FILE…` runs each in its own child.

The parent has started as the function does, with its handler and default model.

Prints a line of JSON per file: the outcome of WORK (`recognize` by the animals model, or a kind of derived picture),
how the child ended, and megabytes: `peak` of the whole process, `growth` over its memory before the file.
A child is ended by SIGALRM after a minute.
"""

import json
import os
import resource
import signal
import sys
import warnings
from pathlib import Path
from typing import Any

import edge_ml.pictures.formats.heif  # noqa: F401 - imported here, or else the first HEIF would grow by it
from edge_ml.derived.derive import derive
from edge_ml.handler import MODELS
from edge_ml.image_error import ImageError
from edge_ml.inference.model import Model
from edge_ml.serving.recognize import recognize_image

_SECONDS = 60
_PAGE, _MEGA = os.sysconf("SC_PAGE_SIZE"), 1e6


def outcome(work: str, model: Model, data: bytes) -> Any:
    try:
        return [*recognize_image(model, data)] if work == "recognize" else derive(work, data).size
    except ImageError as error:
        return error.code


def measure(work: str, model: Model, file: str) -> dict[str, Any]:
    reader, writer = os.pipe()
    parent, child = _held(), os.fork()
    if not child:
        signal.alarm(_SECONDS)
        data = Path(file).read_bytes()
        before = _held()
        found = outcome(work, model, data)
        growth = max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before, 0)
        measured = {"outcome": found, "growth": growth / _MEGA, "peak": (parent + len(data) + growth) / _MEGA}
        os.write(writer, json.dumps(measured).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        reply: dict[str, Any] = json.loads(pipe.read() or "{}")
    return {"file": file, "status": os.waitpid(child, 0)[1]} | reply


def _held() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    loaded = MODELS.get(None)
    for file in sys.argv[2:]:
        print(json.dumps(measure(sys.argv[1], loaded, file)), flush=True)
