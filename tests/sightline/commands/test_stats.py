import json
from typing import Any

from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import Deployment, Response


def counted(recognized: int) -> dict[str, Any]:
    return {
        "uploads": 31,
        "recognized": recognized,
        "rejected": 0,
        "rekognition_calls": 20,
        "reused": 3,
        "rekognition_calls_saved": {"by_cascade": 4, "by_reuse": 1},
        "dollars": {"spent": 0.02, "saved": 0.005},
    }


STATS = {
    "since": "2026-11-01",
    "until": "2026-11-22",
    "total": counted(30),
    "items": [{"day": "2026-11-21"} | counted(28)],
}


def test_days_are_shown_with_their_cost_and_savings(deployment: Deployment, run: Run) -> None:
    deployment.responses["/images/stats"] = [Response(200, json.dumps(STATS))]
    rows = [line.split() for line in run("stats", "--since", "2026-11-01").stdout.splitlines()[2:]]
    assert rows == [
        ["2026-11-21", "31", "28", "0", "3", "20", "5", "0.020", "0.005"],
        ["all", "31", "30", "0", "3", "20", "5", "0.020", "0.005"],
    ]
    assert deployment.requests[0][1] == "/images/stats?since=2026-11-01"


def test_json_output_is_the_response_of_the_api(deployment: Deployment, run: Run) -> None:
    deployment.responses["/images/stats"] = [Response(200, json.dumps(STATS))]
    assert run("stats", "--json").records == [STATS]
