from pathlib import Path

import pytest

from sightline.client.pictures.picture import LARGEST
from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import JPEG, Deployment, Response


def test_the_pictures_of_a_folder_are_sent_under_their_names(deployment: Deployment, run: Run, holiday: Path) -> None:
    result = run("upload", holiday)
    assert result.status == 0
    assert sorted(form["key"].split("/")[1] for form in deployment.forms) == ["Kätzchen.jpg", "猫 1.JPG"]
    assert {form["file"] for form in deployment.forms} == {JPEG}
    assert all(name in result.stdout for name in ("Kätzchen.jpg", "猫 1.JPG", *deployment.images))


def test_a_url_is_fetched_by_the_deployment(deployment: Deployment, run: Run) -> None:
    (record,) = run("upload", "https://example.com/cat.jpg", "--json").records
    assert deployment.requests == [("POST", "/images", {"url": "https://example.com/cat.jpg"})]
    assert (record["source"], record["status"]) == ("https://example.com/cat.jpg", "queued")


def test_options_are_sent_with_files_and_urls(deployment: Deployment, run: Run, holiday: Path) -> None:
    flags = ("--detector", "edge", "--model", "animals@1.0.0", "--top-k", "3", "--min-confidence", "0.5")
    run("upload", holiday / "Kätzchen.jpg", "https://example.com/cat.jpg", *flags)
    options = {"detector": "edge", "model": "animals@1.0.0", "top_k": 3, "min_confidence": 0.5}
    sent = [body["options"] for _, path, body in deployment.requests if path in ("/uploads", "/images")]
    assert sent == [options, options]


def test_waiting_shows_the_outcomes(deployment: Deployment, run: Run, holiday: Path) -> None:
    deployment.polls_until_outcome = 1
    result = run("upload", holiday, "--wait")
    assert result.status == 0
    assert [line.split()[1:3] for line in result.stdout.splitlines()[2:]] == [["cat", "99%"]] * 2


def test_a_rejected_picture_fails_with_its_reason_and_its_neighbor_does_not(
    deployment: Deployment, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "broken.jpg").write_text("These are no pixels.")
    (tmp_path / "cat.jpg").write_bytes(JPEG)
    result = run("upload", tmp_path, "--wait", "--json")
    assert result.status == 1
    assert [record["status"] for record in result.records] == ["rejected", "recognized"]
    assert result.records[0]["error"] == {
        "code": "not_an_image", "detail": "The bytes are no picture.", "retryable": False
    }  # fmt: skip
    assert "broken.jpg: not_an_image: The bytes are no picture." in run("upload", tmp_path, "--wait").stderr


def test_an_outcome_that_is_not_there_in_time_is_a_failure(deployment: Deployment, run: Run, holiday: Path) -> None:
    deployment.polls_until_outcome = 1000
    result = run("upload", holiday / "Kätzchen.jpg", "--wait", "--timeout", "0")
    assert result.status == 1
    assert "no_answer_yet" in result.stderr
    assert "queued" in result.stdout


def test_pictures_that_cannot_be_sent_fail_without_a_call(deployment: Deployment, run: Run, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "notes.txt").write_text("no picture")
    with (tmp_path / "large.png").open("wb") as large:
        large.truncate(LARGEST + 1)
    named = ("nothing", "empty.jpg", "notes.txt", "large.png", "gone.jpg")
    result = run("upload", *(tmp_path / name for name in named), "--json")
    assert result.status == 1
    codes = [record["error"]["code"] for record in result.records]
    assert codes == ["no_pictures", "empty", "not_an_image", "too_large", "unreadable_file"]
    assert not deployment.requests


def test_a_refusal_is_shown_with_the_api_s_code_and_detail(deployment: Deployment, run: Run, holiday: Path) -> None:
    body = '{"code": "detector_unavailable", "detail": "This deployment has edge.", "retryable": false}'
    deployment.responses["/uploads"] = [Response(400, body)]
    result = run("upload", holiday / "Kätzchen.jpg")
    assert (result.status, result.stdout) == (1, "")
    assert result.stderr.endswith("Kätzchen.jpg: detector_unavailable: This deployment has edge.\n")


def test_a_refusal_by_s3_is_shown_with_its_code_and_message(deployment: Deployment, run: Run, holiday: Path) -> None:
    deployment.responses["/bucket"] = [
        Response(400, "<Error><Code>EntityTooLarge</Code><Message>Too big</Message></Error>")
    ]
    assert "EntityTooLarge: Too big" in run("upload", holiday / "Kätzchen.jpg").stderr


def test_the_token_is_sent_to_the_api_and_not_to_s3(
    deployment: Deployment, run: Run, holiday: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGHTLINE_TOKEN", "the.token")
    run("upload", holiday / "Kätzchen.jpg")
    assert deployment.tokens == ["Bearer the.token", None]


def test_an_invalid_token_stops_the_upload(deployment: Deployment, run: Run, tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"{number}.jpg").write_bytes(JPEG)
    deployment.responses["/uploads"] = [Response(401, '{"message": "Unauthorized"}')] * 9
    result = run("upload", tmp_path, "--parallel", "1")
    assert result.status == 1
    assert "SIGHTLINE_TOKEN" in result.stderr
    assert len(deployment.requests) == 1


def test_a_file_name_that_is_not_utf_8_is_sent(deployment: Deployment, run: Run, tmp_path: Path) -> None:
    (tmp_path / "odd\udcff\n.jpg").write_bytes(JPEG)
    assert run("upload", tmp_path).status == 0
    assert len(run("upload", tmp_path, "--json").records) == 1
    assert [image["name"] for image in deployment.images.values()] == ["odd\N{REPLACEMENT CHARACTER}\n.jpg"] * 2


def test_a_folder_ends_with_a_total_by_label_and_what_was_skipped(
    deployment: Deployment, run: Run, holiday: Path
) -> None:
    (holiday / "broken.jpg").write_text("These are no pixels.")
    (holiday / "@eaDir").mkdir()
    (holiday / "@eaDir/SYNOPHOTO_THUMB_M.jpg").write_bytes(JPEG)
    (holiday / ".hidden").mkdir()
    (holiday / ".hidden/cat.jpg").write_bytes(JPEG)
    for name in (".DS_Store", "zoo/Thumbs.db", "zoo/desktop.ini", "zoo/._猫 1.JPG"):
        (holiday / name).write_bytes(JPEG)
    result = run("upload", holiday, "--wait")
    assert result.stderr.splitlines()[-2:] == [
        "3 pictures: 2 cat, 1 rejected: not_an_image.",
        "Skipped: 4 hidden (.hidden, .DS_Store, .thumbnail.jpg, …), 3 of the system (@eaDir, Thumbs.db, desktop.ini), "
        "1 not named as a picture (notes.txt).",
    ]
    assert run("upload", holiday).stderr.splitlines()[0] == "3 pictures: 3 queued."
    assert run("upload", holiday, "--json").stderr == ""
    assert run("upload", holiday / "Kätzchen.jpg").stderr == ""
    assert "2 cat" in run("classify", holiday / "zoo", holiday / "Kätzchen.jpg").stderr


@pytest.mark.parametrize(
    "name", ["@eaDir", "@EADIR", "__MACOSX", "$RECYCLE.BIN", "System Volume Information", "@__thumb"]
)
def test_folders_of_the_system_are_skipped(deployment: Deployment, run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "cat.jpg").write_bytes(JPEG)
    result = run("upload", tmp_path)
    assert "no_pictures" in result.stderr
    assert f"Skipped: 1 of the system ({name})." in result.stderr
    assert not deployment.requests
