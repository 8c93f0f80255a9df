from pathlib import Path

import pytest

from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import Deployment, Response


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, which is empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text("utf-8") for file in folder.iterdir()}


def test_a_single_part_is_written_under_the_name_given(deployment: Deployment, run: Run, folder: Path) -> None:
    deployment.export_parts = [17]
    result = run("export", "--format", "csv", "Kätzchen.csv")
    assert (result.status, result.stdout) == (0, "Kätzchen.csv: 17 images\n")
    assert written(folder) == {"Kätzchen.csv": "Part 0: 猫"}
    assert deployment.requests[0][1] == "/images/export?format=csv"


@pytest.mark.parametrize(
    ("kind", "name"), [("json", "images.json"), ("csv", "images.csv"), ("coco", "images.coco.json")]
)
def test_the_default_file_is_named_for_the_format(
    deployment: Deployment, run: Run, folder: Path, kind: str, name: str
) -> None:
    deployment.export_parts = [1]
    run("export", "--format", kind)
    assert list(written(folder)) == [name]


def test_several_parts_are_written_into_numbered_files(deployment: Deployment, run: Run, folder: Path) -> None:
    deployment.export_parts = [10_000, 10_000, 5]
    result = run("export", "--format", "coco", "--json")
    assert [(record["file"], record["images"]) for record in result.records] == [
        ("images-1.coco.json", 10_000),
        ("images-2.coco.json", 10_000),
        ("images-3.coco.json", 5),
    ]
    assert sorted(written(folder)) == [record["file"] for record in result.records]


def test_filters_are_sent_with_every_part(deployment: Deployment, run: Run) -> None:
    deployment.export_parts = [1, 1]
    run("export", "--label", "Kätzchen", "--min-confidence", "0.9", "--status", "recognized", "--since", "2026-11-01")
    path = "/images/export?format=json&label=K%C3%A4tzchen&min_confidence=0.9&status=recognized&since=2026-11-01"
    assert [request.path for request in deployment.requests if "export" in request.path] == [path, f"{path}&cursor=1"]


def test_a_part_that_breaks_off_is_fetched_again_from_its_beginning(
    deployment: Deployment, run: Run, folder: Path
) -> None:
    deployment.export_parts = [1]
    deployment.responses["/parts/0"] = [Response(0, "Part 0: half of it, and longer than the whole"), Response(503)]
    assert run("export").status == 0
    assert written(folder) == {"images.json": "Part 0: 猫"}


def test_a_part_that_fails_leaves_no_partial_file(deployment: Deployment, run: Run, folder: Path) -> None:
    deployment.export_parts = [1, 1]
    deployment.responses["/parts/1"] = [
        Response(403, "<Error><Code>AccessDenied</Code><Message>Expired</Message></Error>")
    ]
    result = run("export")
    assert (result.status, "AccessDenied: Expired" in result.stderr) == (1, True)
    assert list(written(folder)) == ["images-1.json"]


def test_an_existing_file_is_not_overwritten(deployment: Deployment, run: Run, folder: Path) -> None:
    deployment.export_parts = [1]
    (folder / "images.json").write_text("mine")
    result = run("export")
    assert (result.status, "file_exists" in result.stderr) == (1, True)
    assert written(folder) == {"images.json": "mine"}


def test_an_unwritable_file_is_named_with_the_reason(deployment: Deployment, run: Run) -> None:
    deployment.export_parts = [1]
    result = run("export", "nowhere/images.json")
    assert result.status == 1
    assert "unwritable_file: nowhere/images.json: No such file or directory" in result.stderr


def test_the_token_is_not_sent_to_the_presigned_link(
    deployment: Deployment, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGHTLINE_TOKEN", "the.token")
    deployment.export_parts = [1]
    run("export")
    assert deployment.tokens == ["Bearer the.token", None]
