"""Confinement: a child process with limited memory and time, in which untrusted models are loaded and run."""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from edge_ml.bundles.public_text import without_paths
from edge_ml.serving.trial.trial_error import MEMORY_LIMIT_MB, TrialError, is_memory_error, too_much_memory

if TYPE_CHECKING:
    from typing import Any

CPU_LIMIT_S = 8
"""Seconds of processor time for the start, the load and a few runs; by the clock, `_CLOCK_FACTOR` times as many."""

_CLOCK_FACTOR = 3
_TIMEOUT_SIGNALS = {signal.SIGXCPU, signal.SIGKILL}


def run_confined(module: str, request: Mapping[str, object]) -> "dict[str, Any]":
    """Run `module`, which calls `serve_request`, in a confined child, and return its JSON reply; raises TrialError."""
    command = [sys.executable, "-P", "-m", module]
    try:
        child = subprocess.run(
            command, input=json.dumps(request), env=_environment(), capture_output=True, text=True,
            timeout=CPU_LIMIT_S * _CLOCK_FACTOR, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _too_slow() from None
    if child.returncode:
        raise _exit_error(child.returncode, child.stderr)
    reply = dict(json.loads(child.stdout))
    if "error" in reply:
        raise TrialError(**reply["error"])
    return reply


def serve_request(work: "Callable[[Mapping[str, Any]], Mapping[str, object]]") -> None:
    """Serve the one request of a confined child: set the limits, read the request, write the result of `work`."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # ONNX Runtime prints its messages about some damaged files to stdout
    _set_limits()
    reply: Mapping[str, object]
    try:
        reply = work(json.load(sys.stdin))
    except TrialError as error:
        reply = {"error": {"code": error.code, "detail": error.detail}}
    except MemoryError:
        reply = {"error": vars(too_much_memory())}
    json.dump(reply, replies, allow_nan=False)
    replies.close()


def _too_slow() -> TrialError:
    return TrialError("too_slow", f"The model does not load and run within {CPU_LIMIT_S} s.")


def _set_limits() -> None:
    """Limit memory, processor time and files. macOS does not enforce these: there only the clock ends the child."""
    limits = {
        resource.RLIMIT_DATA: MEMORY_LIMIT_MB << 20,
        resource.RLIMIT_CPU: CPU_LIMIT_S,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, limit in limits.items():
        hard = resource.getrlimit(kind)[1]
        limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (limit, limit))


def _environment() -> dict[str, str]:
    """Return this process's environment without credentials, and with one thread: the stacks of more use memory."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return kept | threads | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONDONTWRITEBYTECODE": "1"}


def _exit_error(status: int, stderr: str) -> TrialError:
    if is_memory_error(stderr):
        return too_much_memory()
    if -status in _TIMEOUT_SIGNALS:
        return _too_slow()
    last_line = (stderr.strip().splitlines() or [f"status {status}"])[-1]
    return TrialError("crashed", f"The model ended the process that tried it: {without_paths(last_line)}")
