"""Bundles hold only what their runtime can load: every shared library is read, for every Python of Lambda."""

import gzip
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import botocore
import pytest
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection

from infrastructure.runtimes import PYTHON, RUNTIMES, install
from settings import SettingsError
from tests.packaged import EDGE, vendored
from tests.stacks import ROOT, assembly

AUTHORIZER = ROOT / "api/auth/requirements.txt"
OTHERS = [*ROOT.glob("*/requirements.txt"), *ROOT.glob("api/*/requirements.txt")]

LIBRARIES = {
    26: {"GLIBC": (2, 26), "GLIBCXX": (3, 4, 24), "CXXABI": (1, 3, 11), "GCC": (7, 0, 0)},
    34: {"GLIBC": (2, 34), "GLIBCXX": (3, 4, 29), "CXXABI": (1, 3, 13), "GCC": (11, 0, 0)},
}
"""The newest symbol versions of each runtime's glibc and libstdc++ (GCC 7 in Amazon Linux 2, GCC 11 in 2023).

https://gcc.gnu.org/onlinedocs/libstdc++/manual/abi.html
"""

OF_THE_SYSTEM = re.compile(
    r"(libc|libm|libmvec|libpthread|libdl|librt|libutil|libgcc_s|libstdc\+\+|libz|ld-linux-x86-64)\.so\.[0-9]+"
)
"""Libraries that every runtime has: those of glibc, of GCC, and the zlib of Python itself.

https://github.com/pypa/auditwheel/blob/main/src/auditwheel/policy/manylinux-policy.json
"""


def libraries(folder: Path) -> Iterator[tuple[str, ELFFile]]:
    """Yield every shared library below a folder by its path."""
    for file in sorted(folder.rglob("*.so*")):
        with file.open("rb") as stream:
            yield str(file.relative_to(folder)), ELFFile(stream)


def needed_versions(library: ELFFile) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the symbol versions that a library needs of others, such as GLIBC and (2, 28)."""
    section = library.get_section_by_name(".gnu.version_r")
    if isinstance(section, GNUVerNeedSection):
        for _, versions in section.iter_versions():
            for version in versions:
                name, _, number = version.name.partition("_")
                if re.fullmatch(r"[0-9.]+", number):
                    yield name, tuple(map(int, number.split(".")))


def unloadable(folder: Path, glibc: int) -> list[str]:
    """Return what the libraries of a folder need and a runtime with this glibc lacks."""
    own = {file.name for file in folder.rglob("*.so*")}
    missing = []
    for path, library in libraries(folder):
        assert library["e_machine"] == "EM_X86_64", path
        for name, version in needed_versions(library):
            if name in LIBRARIES[glibc] and version > LIBRARIES[glibc][name]:
                missing.append(f"{path}: {name}_{'.'.join(map(str, version))}")
        dynamic = library.get_section_by_name(".dynamic")
        needed = (
            {str(vars(tag)["needed"]) for tag in dynamic.iter_tags("DT_NEEDED")}
            if isinstance(dynamic, DynamicSection)
            else set()
        )
        missing += [f"{path}: {name}" for name in needed - own if not OF_THE_SYSTEM.fullmatch(name)]
    return missing


def test_the_table_has_every_python_of_lambda_that_the_code_runs_on() -> None:
    model = Path(botocore.__file__).parent / "data/lambda/2015-03-31/service-2.json.gz"
    names = json.loads(gzip.decompress(model.read_bytes()))["shapes"]["Runtime"]["enum"]
    minors = {int(name.removeprefix("python3.")) for name in names if name.startswith("python3.")}
    assert {f"3.{minor}" for minor in minors if minor >= 11} == set(RUNTIMES)
    assert {runtime.python for runtime in RUNTIMES.values()} == set(RUNTIMES)


def test_the_wheels_of_a_runtime_need_no_newer_glibc_than_it_has() -> None:
    tags = RUNTIMES["3.11"].wheel_tags
    assert tags[0] == "manylinux_2_26_x86_64"
    assert {"manylinux_2_17_x86_64", "manylinux2014_x86_64"} <= set(tags)
    assert not {"manylinux_2_27_x86_64", "manylinux_2_28_x86_64"} & set(tags)
    assert "manylinux_2_34_x86_64" in RUNTIMES["3.12"].wheel_tags


def test_every_library_of_the_vendored_bundles_can_be_loaded() -> None:
    for folder in (assembly(vendor="true") / "bundles").iterdir():
        assert not unloadable(folder, RUNTIMES[PYTHON].glibc)


@pytest.mark.parametrize("python", RUNTIMES)
def test_every_library_of_the_authorizer_can_be_loaded(python: str) -> None:
    folder = vendored(AUTHORIZER, python)
    assert [path for path, _ in libraries(folder) if "cryptography" in path]
    assert not unloadable(folder, RUNTIMES[python].glibc)


@pytest.mark.parametrize("python", RUNTIMES)
def test_the_edge_function_s_zip_can_be_loaded_or_is_refused_with_the_python_to_use(python: str) -> None:
    if python in ("3.11", "3.15"):
        with pytest.raises(
            SettingsError, match=rf"no wheel for Lambda's python{python}.*Use Python 3.14 or 3.13 or 3.12"
        ):
            vendored(EDGE, python)
        return
    folder = vendored(EDGE, python)
    packages = {path.split("/")[0] for path, _ in libraries(folder)}
    assert {"numpy", "onnxruntime", "PIL", "contourpy"} <= packages
    assert not unloadable(folder, RUNTIMES[python].glibc)


def test_the_reader_finds_a_library_that_is_too_new() -> None:
    assert any("GLIBC_2." in line for line in unloadable(vendored(EDGE, "3.13"), 26))


def test_no_other_bundle_has_packages_of_its_own() -> None:
    read = {line for file in OTHERS if file not in (EDGE, AUTHORIZER) for line in file.read_text().splitlines() if line}
    assert read <= set(AUTHORIZER.read_text().splitlines())


@pytest.mark.parametrize("python", ["3.10", "3.16"])
def test_a_python_that_lambda_does_not_have_is_refused_with_those_to_use(python: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"Use Python 3.15 or 3.14 or .*make PYTHON=python3.15"):
        install(AUTHORIZER, tmp_path, python)


def test_without_a_network_no_other_python_is_proposed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    with pytest.raises(subprocess.CalledProcessError):
        install(AUTHORIZER, tmp_path)
    assert "No matching distribution found" in capfd.readouterr().err
