"""The servers of `make run`, without a deployment."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import requests

from local import servers
from local.cdk import ignore
from local.emulator import account
from local.emulator import process as emulator
from local.emulator.process import EmulatorError
from local.processes import detached
from local.servers import Options
from tests.photographs import photograph
from tests.ports import free_port

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    servers.stop(tmp_path, ())


def start(directory: Path, *, keep: bool = False) -> tuple[servers.Servers, str]:
    """Start the servers; return them and the printed lines."""
    lines: list[str] = []
    started = servers.adopt_or_start(directory, Options(free_port(), keep=keep), lines.append)
    return started, "\n".join(lines)


def buckets(port: int) -> list[str]:
    return [bucket["Name"] for bucket in account.client("s3", port).list_buckets()["Buckets"]]


def test_the_stand_in_is_named_and_reads_from_the_emulator(directory: Path) -> None:
    running, printed = start(directory)
    assert "a stand-in for Amazon Rekognition, which answers by the bundled models. It is not Amazon's." in printed
    s3: S3Client = account.client("s3", running.port)
    s3.create_bucket(Bucket="images")
    s3.put_object(Bucket="images", Key="cat.jpg", Body=photograph("cat"))
    rekognition = account.client("rekognition", running.port)
    image: Any = {"S3Object": {"Bucket": "images", "Name": "cat.jpg"}}
    response = rekognition.detect_labels(Image=image)
    assert (response["Labels"][0]["Name"], response["LabelModelVersion"]) == ("Cat", "sightline-stand-in")
    assert rekognition.detect_labels(Image={"Bytes": photograph("cat")})["Labels"] == response["Labels"]
    assert requests.get(running.rekognition, timeout=60).json()["calls"] == 2
    stranger = boto3.client(
        "rekognition", endpoint_url=account.url(running.port), aws_access_key_id="stranger", aws_secret_access_key="x"
    )
    with pytest.raises(stranger.exceptions.ClientError, match=r"Access|Unrecognized|invalid|not authorized"):
        stranger.detect_labels(Image=image)


def test_a_stand_in_that_died_starts_again_on_its_port_and_a_lost_one_is_named(directory: Path) -> None:
    running, _ = start(directory)
    process = detached.recorded(directory, "rekognition")
    assert process
    record = directory / "rekognition.pid"
    kept = record.read_text()
    detached.end(directory, "rekognition")
    record.write_text(kept)
    image = {"Bytes": photograph("cat")}
    rekognition = account.client("rekognition", running.port)
    with pytest.raises(rekognition.exceptions.InternalServerError, match="does not respond"):
        rekognition.detect_labels(Image=image)
    again = servers.adopt_or_start(directory, Options(), ignore)
    assert again == running
    assert rekognition.detect_labels(Image=image)["Labels"]
    detached.end(directory, "rekognition")
    with pytest.raises(EmulatorError, match="Run first: make stop"):
        servers.adopt_or_start(directory, Options(), ignore)


def test_without_keep_a_stop_says_what_it_throws_away(directory: Path) -> None:
    running, _ = start(directory)
    account.client("s3", running.port).create_bucket(Bucket="images")
    with pytest.raises(EmulatorError, match="started without KEEP=1"):
        servers.adopt_or_start(directory, Options(keep=True), ignore)
    with pytest.raises(EmulatorError, match="running on port"):
        servers.adopt_or_start(directory, Options(free_port()), ignore)
    printed = servers.stop(directory, ())
    assert printed.startswith("Ended: emulator; rekognition.\nThrown away: its images, models, webhooks and users.")
    assert buckets(start(directory)[0].port) == []


def test_with_keep_a_stop_keeps_what_was_stored(directory: Path) -> None:
    first, printed = start(directory, keep=True)
    assert "Keeping images, models, webhooks and users" in printed
    account.client("s3", first.port).create_bucket(Bucket="images")
    assert servers.adopt_or_start(directory, Options(keep=True), ignore) == first
    assert "\nKept in .local/state: its images, models, webhooks and users." in servers.stop(directory, ())
    empty, printed = start(directory)
    assert "Starting empty; what an earlier run kept in .local/state stays there." in printed
    assert buckets(empty.port) == []
    assert "\nThrown away: " in servers.stop(directory, ())
    again, printed = start(directory, keep=True)
    assert "Continuing with images, models, webhooks and users" in printed
    assert buckets(again.port) == ["images"]


def test_a_deleted_directory_is_told_by_the_process_that_holds_the_port(directory: Path) -> None:
    running, _ = start(directory, keep=True)
    process = emulator.running(directory)
    assert process
    shutil.rmtree(directory)
    directory.mkdir()
    with pytest.raises(EmulatorError, match=rf"process {process.pid}, which make run started here; .* make stop"):
        servers.adopt_or_start(directory, Options(running.port), ignore)
    printed = servers.stop(directory, ())
    assert len(re.findall(r"process \d+, whose record was deleted", printed)) == 2
    assert "Thrown away" in printed
    assert emulator.free(running.port)
    assert servers.stop(directory, ()) == "Nothing was running."
