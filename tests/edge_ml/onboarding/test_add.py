"""`python -m edge_ml add`, from the command line to the folder or the bucket."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import moto
import pytest

from edge_ml import __main__ as command
from edge_ml.bundles.bundle import ModelBundle
from edge_ml.serving.bundle_store import BundleStore
from tests.edge_ml import samples


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Return a folder with a model of colors, its labels, and a photo."""
    samples.bundle(tmp_path, "files")
    (tmp_path / "labels.txt").write_text("red\ngreen\nblue\n")
    (tmp_path / "photo.png").write_bytes(samples.encoded(samples.picture("blue")))
    return tmp_path


@pytest.fixture
def s3() -> Iterator[Any]:
    with moto.mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="models")
        yield client


def add(monkeypatch: pytest.MonkeyPatch, files: Path, *options: str) -> int:
    words = ["add", str(files / "files/model.onnx"), "--labels", str(files / "labels.txt"), *options]
    monkeypatch.setattr(sys, "argv", ["edge_ml", *words])
    return command.main()


def test_a_bundle_is_written_that_the_function_reads(
    monkeypatch: pytest.MonkeyPatch, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--name", "colors", "--to", str(files / "here"), "--license", "MIT", "--metrics", '{"accuracy": 1}')
    assert add(monkeypatch, files, *options, "--try", str(files / "photo.png")) == 0
    bundle = ModelBundle.load(files / "here/colors")
    assert (bundle.name, bundle.version, bundle.labels) == ("colors", "1.0.0", samples.LABELS)
    assert (bundle.license, bundle.metrics) == ("MIT", {"accuracy": 1})
    assert "Nobody has" in (files / "here/colors/MODEL_CARD.md").read_text()
    output = capsys.readouterr().out
    assert "Found in the file:" in output
    assert "Guessed" in output
    assert "On photo.png it sees: blue" in output
    assert f"Drawn on {files / 'photo.annotated.jpg'}." in output
    assert (files / "photo.annotated.jpg").read_bytes()[:3] == b"\xff\xd8\xff"
    assert "imagenet       * blue" in output
    assert "copy it into edge_ml/models or into the models bucket" in output


def test_every_field_has_an_option(monkeypatch: pytest.MonkeyPatch, files: Path) -> None:
    words = (
        "--name c --version 2.0.1 --task classify --layout NCHW --size 32,32 --resize letterbox --channels BGR "
        "--normalize unit --mean 1,2,3 --output logits --decoding logits --temperature 2 --unknown-below 0.3 "
        f"--license MIT --source here --to {files}"
    )
    assert add(monkeypatch, files, *words.split()) == 0
    content = json.loads((files / "c/model.json").read_text())
    assert content["version"] == "2.0.1"
    assert content["input"]["mean"] == [1, 2, 3]
    assert content["input"]["std"] == [255, 255, 255]
    assert (content["input"]["resize"], content["input"]["channels"]) == ("letterbox", "BGR")
    assert (content["output"]["temperature"], content["output"]["unknown_below"]) == (2, 0.3)


REFUSALS = [
    (("--name", "../elsewhere"), "Refused (invalid_name): --name must be"),
    (("--version", "latest"), "Refused (invalid_name): --version must be three numbers"),
    (("--to", "s3://models/elsewhere/"), "and nowhere else"),
    (("--try", "nowhere.jpg"), "nowhere.jpg is not there"),
    (("--size", "64x64"), "model.json asks for [1, 3, 64, 64]"),
    (("--labels", "nowhere.txt"), "nowhere.txt cannot be read"),
]


@pytest.mark.parametrize(("options", "reason"), REFUSALS)
def test_a_refusal_states_the_reason_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, files: Path, capsys: pytest.CaptureFixture[str], options: Any, reason: str
) -> None:
    before = sorted(files.rglob("*"))
    assert add(monkeypatch, files, "--to", str(files / "here"), *options) == 1
    assert reason in capsys.readouterr().err
    assert sorted(files.rglob("*")) == before


def test_an_existing_bundle_is_replaced_only_with_the_option(
    monkeypatch: pytest.MonkeyPatch, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ("--name", "c", "--to", str(files / "here"))
    assert add(monkeypatch, files, *place) == 0
    (files / "here/c/advice").mkdir()
    assert add(monkeypatch, files, *place, "--version", "1.1.0") == 1
    assert "there already" in capsys.readouterr().err
    assert add(monkeypatch, files, *place, "--version", "1.1.0", "--replace") == 0
    assert ModelBundle.load(files / "here/c").version == "1.1.0"
    assert (files / "here/c/advice").is_dir()


def test_a_bundle_goes_into_the_bucket_under_its_version(
    monkeypatch: pytest.MonkeyPatch, files: Path, s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    for version in ("1.0.0", "1.1.0"):
        assert add(monkeypatch, files, "--name", "c", "--version", version, "--to", "s3://models/models/") == 0
    assert sorted(map(str, BundleStore(lambda: s3, "models").bundles())) == ["c@1.0.0", "c@1.1.0"]
    output = capsys.readouterr().out
    assert "s3://models/models/c/1.1.0/" in output
    assert '{"options": {"model": "c"}}, or "c@1.1.0"' in output
    assert add(monkeypatch, files, "--name", "c", "--to", "s3://models") == 1


def test_a_bucket_that_is_not_there_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, files: Path, s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(monkeypatch, files, "--to", "s3://nobody/models/") == 1
    assert "bucket_unavailable" in capsys.readouterr().err


def test_the_models_bucket_is_found_by_the_url_of_the_api(
    s3: Any, monkeypatch: pytest.MonkeyPatch, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def stack(name: str, **outputs: str) -> None:
        body = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
                "Outputs": {key: {"Value": value} for key, value in outputs.items()}}  # fmt: skip
        boto3.client("cloudformation").create_stack(StackName=name, TemplateBody=json.dumps(body))

    stack("blue-APIStack", ApiUrl="https://blue.example")
    stack("blue-RekognitionStack", ModelsBucket="models")
    stack("APIStack", ApiUrl="https://green.example")
    stack("RekognitionStack", ModelsBucket="others")
    assert add(monkeypatch, files, "--name", "colors", "--to", "https://blue.example/") == 0
    output = capsys.readouterr().out
    assert "Written to s3://models/models/colors/1.0.0/" in output
    assert f"The digest of the model is {ModelBundle.load(files / 'files').digest}." in output
    assert add(monkeypatch, files, "--name", "colors", "--to", "https://red.example") == 1
    assert "bucket_unavailable" in capsys.readouterr().err
