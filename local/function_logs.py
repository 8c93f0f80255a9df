"""The logs of the deployed functions, fetched from the emulator after something failed."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_logs.client import CloudWatchLogsClient

_SERVICE_LINES = ("START RequestId", "END RequestId", "REPORT RequestId")


def save(logs: "CloudWatchLogsClient", file: Path) -> None:
    """Write the logs of every function into one file."""
    groups = logs.get_paginator("describe_log_groups").paginate()
    names = [group["logGroupName"] for page in groups for group in page["logGroups"]]
    file.write_text("".join(f"== {name}\n{_text(logs, name)}\n" for name in names))


def _text(logs: "CloudWatchLogsClient", name: str) -> str:
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=name)
    messages = [event["message"].rstrip() for page in pages for event in page["events"]]
    return "\n".join(message for message in messages if not message.startswith(_SERVICE_LINES))
