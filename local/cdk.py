"""The CDK CLI of this checkout, run against an emulator."""

import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from local.emulator import account
from local.processes.environment import clean

ROOT = Path(__file__).parent.parent
_CLI = ROOT / "node_modules" / ".bin" / "cdk"
_LINES_SHOWN = 20
_RESOURCE = re.compile(r"\S+ \| +\d+(/\d+)? \| ")

Report = Callable[[str], None]
"""Takes one line of progress."""


class CDKError(RuntimeError):
    """The CDK CLI is missing, or failed; the text contains its last lines and the path of the log."""


def ignore(line: str) -> None:
    """Ignore a line of progress."""


def context(settings: Mapping[str, str]) -> list[str]:
    """Return the settings as arguments of the CLI."""
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def run(*arguments: str, endpoint: str, home: Path, log: Path, report: Report) -> None:
    """Run one command of the CLI with its output in `log`, and report its progress; raises CDKError."""
    if not _CLI.exists():
        raise CDKError("The CDK CLI is missing from this checkout; make run and make test install it (or: npm ci).")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output, subprocess.Popen(
        [str(_CLI), *arguments, "--no-notices", "--progress", "events"],
        cwd=ROOT, env=_environment(endpoint, home), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as cli:  # fmt: skip
        for line in cli.stdout or ():
            output.write(line)
            output.flush()
            _report_progress(line.strip(), report)
    if cli.returncode:
        raise CDKError(f"{_last_lines(log)}\n\nThe CDK CLI failed. Its last lines are above; the whole log is {log}")


def _report_progress(line: str, report: Report) -> None:
    if "Synthesis time" in line:
        report(f"templates written ({line.rpartition(' ')[2]})")
    elif line.startswith("✅"):
        report(f"{line.lstrip('✅ ')} deployed")


def _last_lines(log: Path) -> str:
    lines = [line for line in log.read_text().splitlines() if not _RESOURCE.match(line)]
    return "\n".join(lines[-_LINES_SHOWN:])


def _environment(endpoint: str, home: Path) -> dict[str, str]:
    return clean(
        {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": account.ROOT_KEY,
            "AWS_SECRET_ACCESS_KEY": account.ROOT_KEY,
            "AWS_REGION": account.REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "CDK_DISABLE_VERSION_CHECK": "1",
            "CDK_DISABLE_CLI_TELEMETRY": "1",
            "CDK_HOME": str(home),
        }
    )
