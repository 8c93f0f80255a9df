"""Compare the templates of two checkouts and list every difference: python -m tests.compare_templates OLD NEW.

Both are synthesized with the default settings, with those of one machine, and with a few others. The script counts
changes of a handler's path, of an asset's hash and of a description by kind. It lists every other difference, such as
a resource that is added, removed, replaced or changed, and then exits with status 1.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

SETTINGS = {
    "default": [],
    "local": None,
    "cascade": ["-c", "detector=cascade"],
    "auth=none": ["-c", "auth=none"],
    "stage": ["-c", "stage=blue"],
}
"""Arguments of the CDK CLI for each case by name; None means those of `make run`."""

EXPECTED = ("Handler", "Code", "Metadata", "ImageUri", "S3Key", "AlarmDescription")
"""Keys under which two deployments of the same resources may differ."""

_MISSING = "(missing)"


def synthesize(checkout: Path, arguments: list[str] | None) -> Iterator[tuple[str, dict[str, dict[str, object]]]]:
    """Yield each stack's name and template; `checkout` has its own `.venv` and `node_modules`."""
    python = str(checkout / ".venv/bin/python")
    environment = os.environ | {"PATH": f"{checkout}/.venv/bin:{os.environ['PATH']}"}
    if arguments is None:
        printed = subprocess.run(
            [python, "-m", "local", "settings"], cwd=checkout, env=environment, check=True, capture_output=True
        )
        arguments = printed.stdout.decode().split()
    with tempfile.TemporaryDirectory() as folder:
        command = ["node_modules/.bin/cdk", "synth", "--quiet", "--no-notices", "--output", folder, *arguments]
        subprocess.run(command, cwd=checkout, env=environment, check=True, capture_output=True)
        for file in sorted(Path(folder).glob("*.template.json")):
            yield file.name.removesuffix(".template.json"), json.loads(file.read_text())


def differences(old: object, new: object, path: str = "") -> Iterator[tuple[str, object, object]]:
    """Yield the path of every value that differs, with both values."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            yield from differences(old.get(key, _MISSING), new.get(key, _MISSING), f"{path}/{key}")
    elif old != new:
        yield path, old, new


def main() -> int:
    """Print the differences; return 1 if one of them is not expected."""
    parser = argparse.ArgumentParser(prog="python -m tests.compare_templates", description=__doc__)
    parser.add_argument("old", type=Path, help="a checkout in which `make check` was run once")
    parser.add_argument("new", type=Path, help="another such checkout")
    given = parser.parse_args()
    unexpected = 0
    for case, arguments in SETTINGS.items():
        old, new = (dict(synthesize(checkout.resolve(), arguments)) for checkout in (given.old, given.new))
        counts: Counter[str] = Counter()
        for path, before, after in differences(old, new):
            kind = next((key for key in EXPECTED if f"/{key}/" in f"{path}/"), "")
            counts[kind] += 1
            if not kind:
                print(f"  {case}{path}: {before} -> {after}")
        unexpected += counts.pop("", 0)
        resources = sum(len(template["Resources"]) for template in new.values())
        allowed = ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items())) or "none"
        print(f"{case}: {resources} resources; differences of the kinds that are expected: {allowed}")
    print(f"{unexpected} other differences")
    return 1 if unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
