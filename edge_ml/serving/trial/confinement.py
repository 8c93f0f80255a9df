"""A child process with little memory and little time: a stranger's model is tried in it, and only the child suffers."""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

MEGABYTES = 1024
"""What a model may take to load and to answer; half of what the function has."""

SECONDS = 8
"""Of processor time, for starting, loading and a few answers; a busy machine gets thrice as long by the clock."""

_CLOCK = 3
_MEMORY = ("bad_alloc", "bad allocation", "Failed to allocate", "allocate memory", "MemoryError")
_OUT_OF_TIME = {signal.SIGXCPU, signal.SIGKILL}


class TrialError(Exception):
    """Why a model is not taken: a stable code, and a sentence for whoever brings it."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


def confined(module: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """What `module`, which calls `answer_with`, answers to the request from within its limits; raises TrialError."""
    command = [sys.executable, "-P", "-m", module]
    try:
        child = subprocess.run(
            command, input=json.dumps(request), env=_environment(), capture_output=True, text=True,
            timeout=SECONDS * _CLOCK, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _too_slow() from None
    if child.returncode:
        raise _died(child.returncode, child.stderr)
    answer = dict(json.loads(child.stdout))
    if "error" in answer:
        raise TrialError(**answer["error"])
    return answer


def answer_with(work: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
    """The child's side: limit itself, read the request, and answer with what `work` makes of it."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # ONNX Runtime prints what it thinks of some damaged files
    _limit()
    try:
        answer = work(json.load(sys.stdin))
    except TrialError as error:
        answer = {"error": {"code": error.code, "detail": error.detail}}
    except MemoryError:
        answer = {"error": vars(too_much_memory())}
    json.dump(answer, answers, allow_nan=False)
    answers.close()


def is_memory(said: str) -> bool:
    """Whether an error's text tells of memory that was refused."""
    return any(words in said for words in _MEMORY)


def too_much_memory() -> TrialError:
    """The refusal of a model that asks for more than the limit."""
    return TrialError("too_much_memory", f"The model asks for more than {MEGABYTES} MB of memory.")


def _too_slow() -> TrialError:
    return TrialError("too_slow", f"The model does not load and answer within {SECONDS} s.")


def _limit() -> None:
    """Not enforced by macOS: there only the clock ends a child that asks for too much."""
    wanted = {
        resource.RLIMIT_DATA: MEGABYTES << 20,
        resource.RLIMIT_CPU: SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in wanted.items():
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


def _environment() -> dict[str, str]:
    """Ours without what opens anything, and with one thread: the stacks of more would count as memory."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return kept | threads | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONDONTWRITEBYTECODE": "1"}


def _died(status: int, said: str) -> TrialError:
    if is_memory(said):
        return too_much_memory()
    if -status in _OUT_OF_TIME:
        return _too_slow()
    last = (said.strip().splitlines() or [f"status {status}"])[-1]
    return TrialError("crashed", f"The model ended the process that tried it: {last}")
