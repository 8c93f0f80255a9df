import time
from pathlib import Path

import boto3
from moto import mock_aws

from local import function_logs


@mock_aws
def test_what_every_function_logged_is_kept_without_the_services_own_lines(tmp_path: Path) -> None:
    logs = boto3.client("logs", region_name="us-east-1")
    for name, message in (("upload", "refused"), ("deliver", "sent")):
        logs.create_log_group(logGroupName=name)
        logs.create_log_stream(logGroupName=name, logStreamName="1")
        said = [f"START RequestId: {name}", message]
        events = [{"timestamp": int(time.time() * 1000), "message": each} for each in said]
        logs.put_log_events(logGroupName=name, logStreamName="1", logEvents=events)
    file = tmp_path / "functions.log"
    function_logs.save(logs, file)
    assert file.read_text() == "== deliver\nsent\n== upload\nrefused\n"
