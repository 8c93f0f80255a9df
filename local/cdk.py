"""The CDK CLI of this checkout, run against an emulator."""

import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from local.emulator import process as emulator
from local.processes.environment import clean

ROOT = Path(__file__).parent.parent
_CLI = ROOT / "node_modules" / ".bin" / "cdk"
_TOLD_LINES = 20
_RESOURCE = re.compile(r"\S+ \| +\d+(/\d+)? \| ")

Tell = Callable[[str], None]


class CDKError(RuntimeError):
    """The CDK CLI is not there, or failed; the text holds its last lines and names the log."""


def silently(line: str) -> None:
    """Tell nobody."""


def context(settings: Mapping[str, str]) -> list[str]:
    """The settings as arguments."""
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def run(*arguments: str, endpoint: str, home: Path, log: Path, tell: Tell) -> None:
    """Run one command of the CLI, its output in `log`, its progress told in a few words; raises CDKError."""
    if not _CLI.exists():
        raise CDKError("The CDK CLI is not in this checkout; make run and make test put it there (or: npm ci).")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as kept, subprocess.Popen(
        [str(_CLI), *arguments, "--no-notices", "--progress", "events"],
        cwd=ROOT, env=_environment(endpoint, home), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as cli:  # fmt: skip
        for line in cli.stdout or ():
            kept.write(line)
            kept.flush()
            _follow(line.strip(), tell)
    if cli.returncode:
        raise CDKError(f"{_end(log)}\n\nThe CDK CLI failed. Above are its last lines; the whole log is {log}")


def _follow(line: str, tell: Tell) -> None:
    if "Synthesis time" in line:
        tell(f"templates written ({line.rpartition(' ')[2]})")
    elif line.startswith("✅"):
        tell(f"{line.lstrip('✅ ')} deployed")


def _end(log: Path) -> str:
    lines = [line for line in log.read_text().splitlines() if not _RESOURCE.match(line)]
    return "\n".join(lines[-_TOLD_LINES:])


def _environment(endpoint: str, home: Path) -> dict[str, str]:
    return clean(
        {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": emulator.ROOT_KEY,
            "AWS_SECRET_ACCESS_KEY": emulator.ROOT_KEY,
            "AWS_REGION": emulator.REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "CDK_DISABLE_VERSION_CHECK": "1",
            "CDK_DISABLE_CLI_TELEMETRY": "1",
            "CDK_HOME": str(home),
        }
    )
