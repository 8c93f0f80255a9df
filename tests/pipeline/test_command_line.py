"""The command line client against the deployed app."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from domain.image import images_prefix
from tests.pipeline.chain import Chain
from tests.stacks import ROOT


@pytest.fixture
def folder(chain: Chain, tmp_path: Path, cat: bytes) -> Path:
    """A checkout after `make run` with a folder of pictures, one of them broken."""
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local/endpoints.json").write_text((chain.deployment.directory / "endpoints.json").read_text())
    (tmp_path / "Zoo/drinnen").mkdir(parents=True)
    (tmp_path / "Zoo/Kätzchen.jpg").write_bytes(cat)
    (tmp_path / "Zoo/drinnen/猫 1.jpg").write_bytes(cat)
    (tmp_path / "Zoo/broken.jpg").write_text("These are no pixels.")
    return tmp_path


def sightline(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the client in that folder, in which it finds the deployment by itself."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SIGHTLINE_")}
    return subprocess.run(
        [sys.executable, "-m", "sightline", *arguments],
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=600,
    )


def records(ran: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """Return the JSON lines that a run printed."""
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_folder_is_uploaded_waited_for_listed_and_shown(folder: Path) -> None:
    uploaded = sightline(folder, "upload", "Zoo", "--wait", "--top-k", "1", "--json")
    assert (uploaded.returncode, uploaded.stderr) == (1, "")
    sent = {record["source"]: record for record in records(uploaded)}
    assert list(sent) == ["Zoo/Kätzchen.jpg", "Zoo/broken.jpg", "Zoo/drinnen/猫 1.jpg"]
    assert sent["Zoo/broken.jpg"]["error"]["code"] == "not_an_image"
    kitten = sent["Zoo/Kätzchen.jpg"]
    assert [detection["label"] for detection in kitten["recognition"]["detections"]] == ["cat"]

    listed = {image["image_id"]: image["name"] for image in records(sightline(folder, "list", "--all", "--json"))}
    assert [listed[image["image_id"]] for image in sent.values()] == ["Kätzchen.jpg", "broken.jpg", "猫 1.jpg"]

    shown = sightline(folder, "show", kitten["image_id"])
    assert shown.returncode == 0
    assert "Kätzchen.jpg" in shown.stdout
    assert "cat" in shown.stdout


@pytest.fixture
def kitten(folder: Path) -> str:
    """Upload a cat for this test and return its image id."""
    (uploaded,) = records(sightline(folder, "upload", "Zoo/Kätzchen.jpg", "--wait", "--json"))
    return str(uploaded["image_id"])


def test_images_are_found_by_their_detections(folder: Path, kitten: str) -> None:
    found = records(sightline(folder, "list", "--label", "CAT", "--min-confidence", "0.5", "--all", "--json"))
    assert kitten in [image["image_id"] for image in found]
    elsewhere = sightline(folder, "list", "--detector", "rekognition", "--since", "2020-01-01", "--all", "--json")
    assert kitten not in [image["image_id"] for image in records(elsewhere)]
    refused = sightline(folder, "list", "--status", "queued")
    assert (refused.returncode, "invalid_status" in refused.stderr) == (1, True)


@pytest.mark.parametrize(("kind", "file"), [("json", "images.json"), ("csv", "Kätzchen.csv"), ("coco", "a.coco.json")])
def test_images_are_exported_into_a_file(folder: Path, kitten: str, kind: str, file: str) -> None:
    ran = sightline(folder, "export", "--format", kind, "--label", "cat", file)
    assert ran.returncode == 0, ran.stderr
    assert kitten in (folder / file).read_text("utf-8")


def test_an_image_is_recognized_again_corrected_counted_and_erased(folder: Path, kitten: str) -> None:
    (again,) = records(sightline(folder, "recognize", kitten, "--detector", "edge", "--wait", "--json"))
    assert again["earlier"][0]["recognition"]["detections"][0]["label"] == "cat"
    assert sightline(folder, "correct", kitten, "Luchs", "猫").stdout == f"{kitten}  Luchs, 猫\n"
    shown = sightline(folder, "show", kitten).stdout
    assert "Luchs, 猫, given at" in shown
    assert shown.count("animals@") == 2

    (counted,) = records(sightline(folder, "stats", "--json"))
    assert counted["total"]["recognized"] > 0

    erased = sightline(folder, "delete", kitten, "--yes")
    assert erased.returncode == 0, erased.stderr
    assert images_prefix("public", kitten) in erased.stdout
    assert "no_such_image" in sightline(folder, "show", kitten).stderr


def test_an_upload_by_url_is_watched(chain: Chain, folder: Path) -> None:
    (sent,) = records(sightline(folder, "upload", f"{chain.photos}/cat.png", "--json"))
    watched = sightline(folder, "watch", sent["image_id"])
    assert watched.returncode == 0, watched.stderr
    assert watched.stdout.split()[:2] == [sent["image_id"], "cat"]


def test_a_file_is_classified_and_the_model_listed(folder: Path) -> None:
    classified = sightline(folder, "classify", "Zoo/Kätzchen.jpg", "--model", "animals", "--top-k", "1", "--json")
    assert [detection["label"] for detection in records(classified)[0]["detections"]] == ["cat"]
    assert "animals" in [model["name"] for model in records(sightline(folder, "models", "--json"))]


def test_a_refusal_names_its_reason(folder: Path) -> None:
    ran = sightline(folder, "upload", "Zoo/Kätzchen.jpg", "--model", "no such model")
    assert ran.returncode == 1
    assert "Zoo/Kätzchen.jpg: invalid_options: model must be" in ran.stderr
