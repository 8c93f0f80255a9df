"""`sightline models add`: check a model with `python -m edge_ml add`, upload it, and wait until it is served."""

import os
import re
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from sightline.client.client import Client
from sightline.client.problem import Problem
from sightline.client.schemas.collections import ModelEntry
from sightline.commands.arguments import Commands
from sightline.output.json_lines import print_json
from sightline.output.text import print_line

_WRITTEN = re.compile(r"^Written to s3://[^/]+/models/([^/]+)/([^/]+)/$", re.MULTILINE)
_DIGEST = re.compile(r"^The digest of the model is ([0-9a-f]{64})\.$", re.MULTILINE)
_PATIENCE_SECONDS = 60.0
_INTERVAL_SECONDS = 2.0
_EMULATED = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
"""The credentials that the emulator of `make run` accepts."""


class Added(NamedTuple):
    """A bundle in the bucket: its name, its version, and the SHA-256 of its model."""

    name: str
    version: str
    digest: str


def register(commands: Commands) -> None:
    """Add the command."""
    about = "check an ONNX file, upload it to the models bucket with your AWS credentials, and wait until it is served"
    parser = commands.add("add", add, about, "model.onnx --labels labels.txt --name mine --try cat.jpg")
    parser.allow_abbrev = False
    parser.epilog = f"{parser.epilog}\n\nIt takes every option of python -m edge_ml add, which --help lists there."
    parser.set_defaults(passes_on=True)


def add(client: Client, arguments: Namespace) -> int:
    """Add the model and wait until the deployment lists it; raises Problem."""
    added, status = _upload(client, arguments.passed_on, quiet=arguments.json)
    if status or not added:
        return status
    entry = wait_until_served(client, added)
    if arguments.json:
        print_json(entry)
    else:
        print_line(f"{added.name}@{added.version} is served: sightline classify cat.jpg --model {added.name}")
    return 0


def wait_until_served(client: Client, added: Added, patience: float = _PATIENCE_SECONDS) -> ModelEntry:
    """Return the model's entry once the deployment lists this file as ready; raises Problem."""
    deadline = time.monotonic() + patience
    while True:
        entry = _listed(client, added)
        if entry and entry.get("status") == "ready" and entry.get("digest") == added.digest:
            return entry
        if entry and entry.get("status") == "unusable" and time.monotonic() > deadline:
            error = entry.get("error") or {"code": "unusable_model", "detail": "The model cannot be used."}
            raise Problem(error["code"], error["detail"])
        if time.monotonic() > deadline:
            detail = f"{added.name}@{added.version} is in the bucket and not served yet; see: sightline models list"
            raise Problem("not_served_yet", detail)
        client.pause(_INTERVAL_SECONDS)


def _listed(client: Client, added: Added) -> ModelEntry | None:
    entries = client.models()["items"]
    return next((entry for entry in entries if (entry["name"], entry.get("version")) == added[:2]), None)


def _upload(client: Client, passed_on: Sequence[str], *, quiet: bool) -> tuple[Added | None, int]:
    """Run `python -m edge_ml add` and return the bundle it wrote into a bucket, if any, and its exit status."""
    if not (Path("edge_ml/__main__.py").is_file() or find_spec("edge_ml")):
        detail = "Models are checked by this project's checkout: run .venv/bin/python -m sightline models add there."
        raise Problem("no_checkout", detail)
    destination, environment = _destination(client)
    command = [sys.executable, "-m", "edge_ml", "add", "--to", destination, *passed_on]
    with subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        output = ""
        for line in process.stdout:
            output += line
            if not quiet:
                print_line(line.rstrip("\n"))
    written, digest = _WRITTEN.search(output), _DIGEST.search(output)
    added = Added(written[1], written[2], digest[1]) if written and digest else None
    return added, process.returncode


def _destination(client: Client) -> tuple[str, Mapping[str, str]]:
    """Return the destination of the bundle, and the variables with which the emulator's bucket is reached.

    In an account, edge_ml finds the bucket by the URL of the API in the outputs of the stacks.
    """
    running = client.endpoint.running
    if not running:
        return client.endpoint.url, {}
    addresses = {name: str(value or "") for name, value in running.addresses.items()}
    region = {"AWS_DEFAULT_REGION": addresses["region"], "AWS_REGION": addresses["region"]}
    emulated = _EMULATED | region | {"AWS_ENDPOINT_URL": addresses["aws_endpoint"]}
    return f"s3://{addresses['models_bucket']}/models/", emulated
