from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import Deployment


def test_a_list_is_read_page_by_page(deployment: Deployment, run: Run) -> None:
    for number in range(230):
        deployment.add(f"{number}.jpg")
    assert len(run("list", "--all", "--json").records) == 230
    assert len(run("list", "--limit", "120", "--json").records) == 120
    assert [record["name"] for record in run("list", "--limit", "2", "--json").records] == ["229.jpg", "228.jpg"]


def test_a_list_shows_the_best_label(deployment: Deployment, run: Run) -> None:
    image_id = deployment.add("Kätzchen.jpg")
    (row,) = run("list").stdout.splitlines()[2:]
    assert row.split() == [image_id, "2026-11-21", "12:00:00", "cat", "99%", "Kätzchen.jpg"]


def test_flags_are_sent_as_parameters(deployment: Deployment, run: Run) -> None:
    image_id = deployment.add("cat.jpg")
    flags = ("--label", "Kätzchen", "--detector", "edge", "--status", "recognized", "--since", "2026-11-01")
    run("list", "--top-k", "2", "--min-confidence", "0.5", *flags, "--until", "2026-11-21T14:30:00+01:00")
    run("show", image_id, "--top-k", "1")
    paths = [path for _, path, _ in deployment.requests]
    assert paths == [
        "/images?limit=25&label=K%C3%A4tzchen&min_confidence=0.5&detector=edge&status=recognized"
        "&since=2026-11-01&until=2026-11-21T14%3A30%3A00%2B01%3A00&top_k=2",
        f"/images/{image_id}?top_k=1",
    ]
