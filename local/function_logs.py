"""What the deployed functions logged, fetched from the emulator when something went wrong."""

from pathlib import Path
from typing import Any

_SERVICE_LINES = ("START RequestId", "END RequestId", "REPORT RequestId")


def save(logs: Any, file: Path) -> None:
    """Write every function's log into one file; `logs` is a client of CloudWatch Logs."""
    groups = logs.get_paginator("describe_log_groups").paginate()
    names = [group["logGroupName"] for page in groups for group in page["logGroups"]]
    file.write_text("".join(f"== {name}\n{_text(logs, name)}\n" for name in names))


def _text(logs: Any, name: str) -> str:
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=name)
    messages = [event["message"].rstrip() for page in pages for event in page["events"]]
    return "\n".join(message for message in messages if not message.startswith(_SERVICE_LINES))
