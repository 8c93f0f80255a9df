from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import Deployment


def test_models_are_listed(deployment: Deployment, run: Run) -> None:
    assert "cat, dog" in run("models").stdout
    assert run("models", "--json").records[0]["name"] == "animals"
