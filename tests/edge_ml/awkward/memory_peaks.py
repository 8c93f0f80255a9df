"""`python -m tests.edge_ml.awkward.memory_peaks WORK FILE…`: each file in a child of its own, with the memory it took at most.

Prints a line of JSON for each: what WORK (`answer` by the animals model, or the kind of a derived picture) said of it,
how the child ended, and megabytes: `peak` of the whole process, `growth` over what it held before it saw the file.
A child is ended after a minute, by the signal that says so.
"""

import json
import os
import resource
import signal
import sys
import warnings
from pathlib import Path
from typing import Any

import edge_ml.pictures.formats.heif  # noqa: F401 - what a first HEIF would add
from edge_ml.bundles.bundle import ModelBundle
from edge_ml.derived.derive import derive
from edge_ml.image_error import ImageError
from edge_ml.inference.model import Model
from edge_ml.serving.recognize import recognize_image

_ANIMALS = Path(__file__).parents[3] / "edge_ml/models/animals"
_SECONDS = 60
_PAGE, _MEGA = os.sysconf("SC_PAGE_SIZE"), 1e6


def said_of(work: str, model: Model, data: bytes) -> Any:
    try:
        return [*recognize_image(model, data)] if work == "answer" else derive(work, data).size
    except ImageError as error:
        return error.code


def tried(work: str, model: Model, file: str) -> dict[str, Any]:
    reader, writer = os.pipe()
    parent, child = _held(), os.fork()
    if not child:
        signal.alarm(_SECONDS)
        data = Path(file).read_bytes()
        before = _held()
        said = said_of(work, model, data)
        growth = max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before, 0)
        mine = {"said": said, "growth": growth / _MEGA, "peak": (parent + len(data) + growth) / _MEGA}
        os.write(writer, json.dumps(mine).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        told: dict[str, Any] = json.loads(pipe.read() or "{}")
    return {"file": file, "status": os.waitpid(child, 0)[1]} | told


def _held() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    loaded = Model(ModelBundle.load(_ANIMALS))
    for each in sys.argv[2:]:
        print(json.dumps(tried(sys.argv[1], loaded, each)), flush=True)
