"""Bundle the code of a unit's functions as one zip asset.

A zip holds every `runtime/` folder of its unit, `domain` and `wire`. A room with a `requirements.txt` of its own has a
zip of its own.
"""

import compileall
import py_compile
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infrastructure.runtimes import install

ROOT = Path(__file__).parent.parent
SHARED = ("domain", "wire")
"""The packages in every zip but that of the edge function."""


def unit_bundle(scope: Construct, unit: str, *, vendor: bool, rooms: Sequence[str] = ()) -> lambda_.Code:
    """Bundle the rooms of a unit, and `rooms` of other units such as "recognition/results"."""
    own = [f"{unit}/{room.name}" for room in sorted((ROOT / unit).iterdir()) if _shares_the_zip(room)]
    name = "-".join((unit, *(room.replace("/", "-") for room in rooms)))
    folders = [f"{room}/runtime" for room in (*own, *rooms)]
    return bundle(scope, name, (*folders, *SHARED), requirements=f"{unit}/requirements.txt" if vendor else None)


def room_bundle(scope: Construct, room: str, *, vendor: bool, files: Mapping[str, bytes] | None = None) -> lambda_.Code:
    """Bundle one room alone; `files` are added to its `runtime/` by their names."""
    added = {f"{room}/runtime/{name}": content for name, content in (files or {}).items()}
    requirements = f"{room}/requirements.txt" if vendor else None
    return bundle(scope, room.replace("/", "-"), (f"{room}/runtime", *SHARED), requirements=requirements, files=added)


def bundle(
    scope: Construct,
    name: str,
    folders: Sequence[str],
    *,
    requirements: str | None,
    files: Mapping[str, bytes] | None = None,
) -> lambda_.Code:
    """Stage folders of the repository as one zip asset, with the packages of `requirements` if given.

    Raises SettingsError if the functions' runtime cannot load one of the packages.

    `files` are added by their paths in the zip. The bundle includes bytecode: without it a start takes nearly twice
    as long, and the timestamps of a zip make ordinary `.pyc` files stale (https://peps.python.org/pep-0552/).
    """
    staged = Path(_output_folder(scope)) / "bundles" / name
    shutil.rmtree(staged, ignore_errors=True)
    excluded = shutil.ignore_patterns("__pycache__", "training", "onboarding")
    for folder in folders:
        shutil.copytree(ROOT / folder, staged / folder, ignore=excluded)
    for path, content in (files or {}).items():
        (staged / path).write_bytes(content)
    if requirements:
        install(ROOT / requirements, staged)
    _compile(staged)
    return lambda_.Code.from_asset(str(staged))


def _shares_the_zip(room: Path) -> bool:
    return (room / "runtime").is_dir() and not (room / "requirements.txt").exists()


def _output_folder(scope: Construct) -> str:
    stage = cdk.Stage.of(scope)
    assert stage, f"{scope.node.path} is not part of an app"
    return stage.outdir


def _compile(folder: Path) -> None:
    compileall.compile_dir(
        folder,
        quiet=1,
        stripdir=str(folder),
        workers=1,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
