import time
from pathlib import Path

import boto3
from moto import mock_aws

from local import function_logs


@mock_aws
def test_the_logs_are_saved_without_the_lines_of_the_service(tmp_path: Path) -> None:
    logs = boto3.client("logs", region_name="us-east-1")
    for name, message in (("upload", "refused"), ("deliver", "sent")):
        logs.create_log_group(logGroupName=name)
        logs.create_log_stream(logGroupName=name, logStreamName="1")
        lines = [f"START RequestId: {name}", message]
        events = [{"timestamp": int(time.time() * 1000), "message": line} for line in lines]
        logs.put_log_events(logGroupName=name, logStreamName="1", logEvents=events)
    file = tmp_path / "functions.log"
    function_logs.save(logs, file)
    assert file.read_text() == "== deliver\nsent\n== upload\nrefused\n"
