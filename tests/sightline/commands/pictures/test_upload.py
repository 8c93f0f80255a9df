from pathlib import Path

import pytest

from sightline.commands.pictures.sources import LARGEST
from tests.sightline.conftest import Run
from tests.sightline.stand_in import JPEG, Deployment, Trouble


def test_a_folder_is_walked_for_pictures_and_their_names_arrive_as_they_are(
    deployment: Deployment, run: Run, holiday: Path
) -> None:
    ran = run("upload", holiday)
    assert ran.status == 0
    assert sorted(form["key"].split("/")[1] for form in deployment.forms) == ["Kätzchen.jpg", "猫 1.JPG"]
    assert {form["file"] for form in deployment.forms} == {JPEG}
    assert all(name in ran.said for name in ("Kätzchen.jpg", "猫 1.JPG", *deployment.images))


def test_a_url_is_fetched_by_the_deployment(deployment: Deployment, run: Run) -> None:
    (record,) = run("upload", "https://example.com/cat.jpg", "--json").records
    assert deployment.asked == [("POST", "/images", {"url": "https://example.com/cat.jpg"})]
    assert (record["source"], record["status"]) == ("https://example.com/cat.jpg", "queued")


def test_options_go_along_with_files_and_urls(deployment: Deployment, run: Run, holiday: Path) -> None:
    wishes = ("--detector", "edge", "--model", "animals@1.0.0", "--top-k", "3", "--min-confidence", "0.5")
    run("upload", holiday / "Kätzchen.jpg", "https://example.com/cat.jpg", *wishes)
    options = {"detector": "edge", "model": "animals@1.0.0", "top_k": 3, "min_confidence": 0.5}
    sent = [said["options"] for _, path, said in deployment.asked if path in ("/uploads", "/images")]
    assert sent == [options, options]


def test_waiting_shows_the_answers(deployment: Deployment, run: Run, holiday: Path) -> None:
    deployment.looks_until_answered = 1
    ran = run("upload", holiday, "--wait")
    assert ran.status == 0
    assert [line.split()[1:3] for line in ran.said.splitlines()[2:]] == [["cat", "99%"]] * 2


def test_a_rejected_picture_fails_with_its_reason_and_its_neighbour_does_not(
    deployment: Deployment, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "broken.jpg").write_text("These are no pixels.")
    (tmp_path / "cat.jpg").write_bytes(JPEG)
    ran = run("upload", tmp_path, "--wait", "--json")
    assert ran.status == 1
    assert [each["status"] for each in ran.records] == ["rejected", "recognized"]
    assert ran.records[0]["error"] == {
        "code": "not_an_image", "detail": "The bytes are no picture.", "retryable": False
    }  # fmt: skip
    assert "broken.jpg: not_an_image: The bytes are no picture." in run("upload", tmp_path, "--wait").complained


def test_an_answer_that_does_not_come_in_time_is_a_failure(deployment: Deployment, run: Run, holiday: Path) -> None:
    deployment.looks_until_answered = 1000
    ran = run("upload", holiday / "Kätzchen.jpg", "--wait", "--timeout", "0")
    assert ran.status == 1
    assert "no_answer_yet" in ran.complained
    assert "queued" in ran.said


def test_what_cannot_be_sent_is_told_without_sending_it(deployment: Deployment, run: Run, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "notes.txt").write_text("no picture")
    with (tmp_path / "large.png").open("wb") as large:
        large.truncate(LARGEST + 1)
    named = ("nothing", "empty.jpg", "notes.txt", "large.png", "gone.jpg")
    ran = run("upload", *(tmp_path / each for each in named), "--json")
    assert ran.status == 1
    codes = [each["error"]["code"] for each in ran.records]
    assert codes == ["no_pictures", "empty", "not_an_image", "too_large", "unreadable_file"]
    assert not deployment.asked


def test_a_refusal_is_shown_as_the_api_says_it(deployment: Deployment, run: Run, holiday: Path) -> None:
    said = '{"code": "detector_unavailable", "detail": "This deployment has edge.", "retryable": false}'
    deployment.troubles["/uploads"] = [Trouble(400, said)]
    ran = run("upload", holiday / "Kätzchen.jpg")
    assert (ran.status, ran.said) == (1, "")
    assert ran.complained.endswith("Kätzchen.jpg: detector_unavailable: This deployment has edge.\n")


def test_a_refusal_by_s3_is_shown_as_s3_says_it(deployment: Deployment, run: Run, holiday: Path) -> None:
    deployment.troubles["/bucket"] = [
        Trouble(400, "<Error><Code>EntityTooLarge</Code><Message>Too big</Message></Error>")
    ]
    assert "EntityTooLarge: Too big" in run("upload", holiday / "Kätzchen.jpg").complained


def test_the_token_goes_to_the_api_and_not_to_s3(
    deployment: Deployment, run: Run, holiday: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGHTLINE_TOKEN", "the.token")
    run("upload", holiday / "Kätzchen.jpg")
    assert deployment.tokens == ["Bearer the.token", None]


def test_nobody_asks_on_without_a_valid_token(deployment: Deployment, run: Run, tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"{number}.jpg").write_bytes(JPEG)
    deployment.troubles["/uploads"] = [Trouble(401, '{"message": "Unauthorized"}')] * 9
    ran = run("upload", tmp_path, "--parallel", "1")
    assert ran.status == 1
    assert "SIGHTLINE_TOKEN" in ran.complained
    assert len(deployment.asked) < 9


def test_a_name_that_is_no_text_does_not_end_the_program(deployment: Deployment, run: Run, tmp_path: Path) -> None:
    (tmp_path / "odd\udcff\n.jpg").write_bytes(JPEG)
    assert run("upload", tmp_path).status == 0
    assert len(run("upload", tmp_path, "--json").records) == 1
    assert [image["name"] for image in deployment.images.values()] == ["odd\N{REPLACEMENT CHARACTER}\n.jpg"] * 2
