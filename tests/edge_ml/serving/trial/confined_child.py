"""A confined child that reports its limits and environment, or dies in one of several ways."""

import os
import resource
from collections.abc import Mapping
from typing import Any

from edge_ml.serving.trial.confinement import serve_request


def act(request: Mapping[str, Any]) -> dict[str, Any]:
    os.write(1, b"native code may say what it likes")
    return {"limits": limits, "environment": environment, "exit": exit_, "abort": abort, "raise": fail, "memory": eat}[
        request["act"]
    ]()


def limits() -> dict[str, Any]:
    kinds = (resource.RLIMIT_DATA, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE)
    data, seconds, size = (resource.getrlimit(kind)[1] for kind in kinds)
    return {"megabytes": data >> 20, "seconds": seconds, "bytes_in_a_file": size}


def environment() -> dict[str, Any]:
    return {"names": list(os.environ)}


def exit_() -> dict[str, Any]:
    os._exit(3)


def abort() -> dict[str, Any]:
    os.abort()


def fail() -> dict[str, Any]:
    raise RuntimeError("as it happens")


def eat() -> dict[str, Any]:
    return {"bytes": len(bytearray(4 << 30))}


if __name__ == "__main__":
    serve_request(act)
