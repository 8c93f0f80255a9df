"""The Lambda runtimes of Python, the wheels that each can load, and the packages of a bundle for one of them."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from settings import SettingsError


class Runtime(NamedTuple):
    """A runtime: its version of Python, such as "3.12", and the minor version of its glibc 2."""

    python: str
    glibc: int

    @property
    def wheel_tags(self) -> list[str]:
        """The platform tags of the wheels that it can load, the newest first (https://peps.python.org/pep-0600)."""
        return [*(f"manylinux_2_{minor}_x86_64" for minor in range(self.glibc, 16, -1)), "manylinux2014_x86_64"]


_AMAZON_LINUX_2, _AMAZON_LINUX_2023 = 26, 34
"""Their glibc: https://docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html"""

RUNTIMES = {
    "3.11": Runtime("3.11", _AMAZON_LINUX_2),
    "3.12": Runtime("3.12", _AMAZON_LINUX_2023),
    "3.13": Runtime("3.13", _AMAZON_LINUX_2023),
    "3.14": Runtime("3.14", _AMAZON_LINUX_2023),
    "3.15": Runtime("3.15", _AMAZON_LINUX_2023),
}
"""By their Python: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"""

PYTHON = f"3.{sys.version_info.minor}"
"""The Python that synthesizes. The functions run on it too, because the bundles hold its bytecode."""

_NO_WHEEL = "No matching distribution found for "


def install(requirements: Path, target: Path, python: str = PYTHON) -> None:
    """Install packages into a folder, as wheels that the runtime of this Python can load.

    Raises SettingsError, with the Pythons to use instead, if Lambda has no such runtime or a package no such wheel;
    CalledProcessError if pip fails otherwise, such as without network.
    """
    if python not in RUNTIMES:
        raise SettingsError(f"Lambda has no runtime python{python} that this release knows. {_instead(RUNTIMES)}")
    pip = _pip(RUNTIMES[python], requirements, "--target", str(target))
    if not pip.returncode:
        return
    missing = pip.stderr.partition(_NO_WHEEL)[2].split("\n")[0]
    usable = [runtime.python for runtime in RUNTIMES.values() if missing and _fits(runtime, requirements)]
    if usable:
        need = f"{missing} has no wheel for Lambda's python{python}, whose glibc is 2.{RUNTIMES[python].glibc}."
        raise SettingsError(f"{need} {_instead(usable)}")
    sys.stderr.write(pip.stderr)
    pip.check_returncode()


def _fits(runtime: Runtime, requirements: Path) -> bool:
    return not _pip(runtime, requirements, "--dry-run", "--no-deps").returncode


def _instead(pythons: Iterable[str]) -> str:
    """Return what to do, with the Pythons that can be used, the newest first."""
    newest = sorted(pythons, key=lambda python: [int(number) for number in python.split(".")], reverse=True)
    return f"Use Python {' or '.join(newest)}: remove .venv, then make PYTHON=python{newest[0]} synth."


def _pip(runtime: Runtime, requirements: Path, *how: str) -> subprocess.CompletedProcess[str]:
    platforms = [argument for tag in runtime.wheel_tags for argument in ("--platform", tag)]
    return subprocess.run(
        [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-compile",
         "--python-version", runtime.python, "--implementation", "cp", *platforms, "--only-binary=:all:",
         "--ignore-installed", "-r", str(requirements), *how],
        check=False, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
