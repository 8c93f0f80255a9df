from pathlib import Path

import pytest

from tests.sightline.conftest import Run
from tests.sightline.stand_in import Deployment, Trouble


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where we are, and nothing else is."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(folder: Path) -> dict[str, str]:
    return {each.name: each.read_text("utf-8") for each in folder.iterdir()}


def test_what_fits_into_one_file_is_written_under_the_name_asked_for(
    deployment: Deployment, run: Run, folder: Path
) -> None:
    deployment.exported = [17]
    ran = run("export", "--format", "csv", "Kätzchen.csv")
    assert (ran.status, ran.said) == (0, "Kätzchen.csv: 17 images\n")
    assert written(folder) == {"Kätzchen.csv": "Part 0: 猫"}
    assert deployment.asked[0][1] == "/images/export?format=csv"


@pytest.mark.parametrize(
    ("kind", "name"), [("json", "images.json"), ("csv", "images.csv"), ("coco", "images.coco.json")]
)
def test_who_names_no_file_gets_one_by_the_format(
    deployment: Deployment, run: Run, folder: Path, kind: str, name: str
) -> None:
    deployment.exported = [1]
    run("export", "--format", kind)
    assert list(written(folder)) == [name]


def test_what_is_too_much_for_one_file_is_followed_to_its_end(deployment: Deployment, run: Run, folder: Path) -> None:
    deployment.exported = [10_000, 10_000, 5]
    ran = run("export", "--format", "coco", "--json")
    assert [(each["file"], each["images"]) for each in ran.records] == [
        ("images-1.coco.json", 10_000),
        ("images-2.coco.json", 10_000),
        ("images-3.coco.json", 5),
    ]
    assert sorted(written(folder)) == [each["file"] for each in ran.records]


def test_filters_are_passed_on_with_every_part(deployment: Deployment, run: Run) -> None:
    deployment.exported = [1, 1]
    run("export", "--label", "Kätzchen", "--min-confidence", "0.9", "--status", "recognized", "--since", "2026-11-01")
    asked = "/images/export?format=json&label=K%C3%A4tzchen&min_confidence=0.9&status=recognized&since=2026-11-01"
    assert [path for _, path, _ in deployment.asked if "export" in path] == [asked, f"{asked}&cursor=1"]


def test_a_part_that_breaks_off_is_fetched_anew_from_its_beginning(
    deployment: Deployment, run: Run, folder: Path
) -> None:
    deployment.exported = [1]
    deployment.troubles["/parts/0"] = [Trouble(0, "Part 0: half of it, and longer than the whole"), Trouble(503)]
    assert run("export").status == 0
    assert written(folder) == {"images.json": "Part 0: 猫"}


def test_a_part_that_never_comes_leaves_nothing_half_behind(deployment: Deployment, run: Run, folder: Path) -> None:
    deployment.exported = [1, 1]
    deployment.troubles["/parts/1"] = [
        Trouble(403, "<Error><Code>AccessDenied</Code><Message>Expired</Message></Error>")
    ]
    ran = run("export")
    assert (ran.status, "AccessDenied: Expired" in ran.complained) == (1, True)
    assert list(written(folder)) == ["images-1.json"]


def test_nothing_is_written_over(deployment: Deployment, run: Run, folder: Path) -> None:
    deployment.exported = [1]
    (folder / "images.json").write_text("mine")
    ran = run("export")
    assert (ran.status, "file_exists" in ran.complained) == (1, True)
    assert written(folder) == {"images.json": "mine"}


def test_where_nothing_can_be_written_the_reason_is_told(deployment: Deployment, run: Run) -> None:
    deployment.exported = [1]
    ran = run("export", "nowhere/images.json")
    assert ran.status == 1
    assert "unwritable_file: nowhere/images.json: No such file or directory" in ran.complained


def test_the_token_does_not_go_to_where_the_link_leads(
    deployment: Deployment, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGHTLINE_TOKEN", "the.token")
    deployment.exported = [1]
    run("export")
    assert deployment.tokens == ["Bearer the.token", None]
