"""The stand-in as a client of AWS sees it."""

import base64
from typing import TYPE_CHECKING, Any

import pytest
import requests
from botocore.exceptions import ClientError

from local.rekognition import picture as picture_module
from local.rekognition.stand_in import MODEL_VERSION
from tests.edge_ml import samples
from tests.photographs import photograph

if TYPE_CHECKING:
    from types_boto3_rekognition.client import RekognitionClient
    from types_boto3_s3.client import S3Client

CAT = {"S3Object": {"Bucket": "images", "Name": "cat 1.jpg"}}


def labels(rekognition: "RekognitionClient", image: Any, **more: Any) -> dict[str, Any]:
    """Return the labels on a picture by name, in order."""
    response = rekognition.detect_labels(Image=image, **more)
    assert response["LabelModelVersion"] == MODEL_VERSION == "sightline-stand-in"
    return {label["Name"]: label for label in response["Labels"]}


def error(rekognition: "RekognitionClient", image: Any, **more: Any) -> str:
    """Return the code of the error of a call."""
    with pytest.raises(ClientError) as caught:
        rekognition.detect_labels(Image=image, **more)
    return caught.value.response["Error"]["Code"]


def test_a_photograph_in_s3_has_labels_with_parents_and_a_box(rekognition: "RekognitionClient") -> None:
    found = labels(rekognition, CAT)
    assert list(found) == ["Cat", "Mammal", "Pet", "Animal"]
    cat = found["Cat"]
    assert cat["Confidence"] > 90
    assert [parent["Name"] for parent in cat["Parents"]] == ["Animal", "Mammal", "Pet"]
    assert (cat["Aliases"], cat["Categories"]) == ([], [{"Name": "Animals and Pets"}])
    (instance,) = cat["Instances"]
    assert set(instance["BoundingBox"]) == {"Left", "Top", "Width", "Height"}
    assert 0.5 < instance["BoundingBox"]["Width"] <= 1
    assert instance["Confidence"] > 50
    assert not any(label["Instances"] for name, label in found.items() if name != "Cat")


def test_every_parent_is_a_label_that_is_as_probable(rekognition: "RekognitionClient") -> None:
    found = labels(rekognition, CAT, MinConfidence=0)
    for label in found.values():
        for parent in label["Parents"]:
            assert found[parent["Name"]]["Confidence"] >= label["Confidence"]


def test_bytes_have_the_labels_of_the_same_object(rekognition: "RekognitionClient") -> None:
    assert labels(rekognition, {"Bytes": photograph("cat")}) == labels(rekognition, CAT)


def test_a_version_of_an_object_can_be_named(rekognition: "RekognitionClient", s3: "S3Client") -> None:
    s3.put_bucket_versioning(Bucket="images", VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket="images", Key="changed", Body=photograph("cat"))["VersionId"]
    s3.put_object(Bucket="images", Key="changed", Body=photograph("coffee"))
    named = {"Bucket": "images", "Name": "changed"}
    assert "Cat" in labels(rekognition, {"S3Object": named | {"Version": first}})
    assert not labels(rekognition, {"S3Object": named})


def test_labels_are_limited_by_confidence_and_number(rekognition: "RekognitionClient") -> None:
    assert list(labels(rekognition, CAT, MaxLabels=1)) == ["Cat"]
    assert not labels(rekognition, CAT, MaxLabels=0)
    assert not labels(rekognition, CAT, MinConfidence=100)


def test_a_leaf_is_a_plant(rekognition: "RekognitionClient", monkeypatch: pytest.MonkeyPatch) -> None:
    def recognized(model: Any, data: bytes) -> dict[str, Any]:
        found = {"animals": ("other", 0.9), "potato-leaf": ("early_blight", 0.8)}
        label, confidence = found[model.bundle.name]
        return {"detections": [{"label": label, "confidence": confidence}]}

    monkeypatch.setattr("local.rekognition.labels.recognize_image", recognized)
    found = labels(rekognition, CAT)
    assert {name: label["Confidence"] for name, label in found.items()} == {"Leaf": 80, "Plant": 80}
    assert found["Leaf"]["Parents"] == [{"Name": "Plant"}]


def test_an_unsure_animal_has_its_place_by_the_broader_label(
    rekognition: "RekognitionClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    box = {"left": 0.1, "top": 0.2, "width": 0.3, "height": 0.4}

    def recognized(model: Any, data: bytes) -> dict[str, Any]:
        found = {
            "animals": [{"label": "cat", "confidence": 0.4}, {"label": "horse", "confidence": 0.3}],
            "potato-leaf": [{"label": "not_a_leaf", "confidence": 1.0}],
            "livestock": [{"label": "animal", "confidence": 0.9, "box": box}],
        }
        return {"detections": found[model.bundle.name]}

    monkeypatch.setattr("local.rekognition.labels.recognize_image", recognized)
    found = labels(rekognition, CAT, MinConfidence=0)
    assert {name: round(label["Confidence"]) for name, label in found.items()} == {
        "Mammal": 70, "Animal": 70, "Cat": 40, "Pet": 40, "Horse": 30,
    }  # fmt: skip
    sides = {"Left": 0.1, "Top": 0.2, "Width": 0.3, "Height": 0.4}
    assert list(labels(rekognition, CAT)) == ["Mammal", "Animal"]
    assert found["Animal"]["Instances"] == [{"BoundingBox": sides, "Confidence": 90}]


def test_no_unwanted_content_is_found(rekognition: "RekognitionClient") -> None:
    response = rekognition.detect_moderation_labels(Image=CAT, MinConfidence=10)  # type: ignore[arg-type]
    assert (response["ModerationLabels"], response["ModerationModelVersion"]) == ([], MODEL_VERSION)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"These are no pixels.", "InvalidImageFormatException"),
        (photograph("cat")[:1000], "InvalidImageFormatException"),
        (samples.encoded(samples.picture(), "WEBP"), "InvalidImageFormatException"),
        (samples.encoded(samples.picture(size=(79, 200))), "InvalidParameterException"),
        (samples.encoded(samples.picture(size=(80, 10_001))), "ImageTooLargeException"),
        (samples.encoded(samples.picture(size=(9_000, 9_000)), "PNG"), "ImageTooLargeException"),
        (b"\xff\xd8\xff" + b"0" * 5_242_878, "ImageTooLargeException"),
    ],
    ids=["text", "damaged", "WebP", "too small", "too long", "too many pixels", "too many bytes"],
)
def test_a_picture_that_it_cannot_read_is_an_error(rekognition: "RekognitionClient", data: bytes, code: str) -> None:
    assert error(rekognition, {"Bytes": data}) == code


@pytest.mark.parametrize("named", [{"Bucket": "images", "Name": "nothing"}, {"Bucket": "nowhere", "Name": "cat 1.jpg"}])
def test_a_missing_object_is_an_error(rekognition: "RekognitionClient", named: dict[str, str]) -> None:
    assert error(rekognition, {"S3Object": named}) == "InvalidS3ObjectException"


def test_an_object_of_too_many_bytes_is_an_error(
    rekognition: "RekognitionClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_module, "_MAX_OBJECT", 1000)
    assert error(rekognition, CAT) == "ImageTooLargeException"


@pytest.mark.parametrize(
    ("image", "more"),
    [
        ({}, {}),
        (CAT | {"Bytes": b"x"}, {}),
        (CAT, {"MinConfidence": 101.0}),
        (CAT, {"Features": ["IMAGE_PROPERTIES"]}),
        (CAT, {"Settings": {"GeneralLabels": {"LabelInclusionFilters": ["Cat"]}}}),
    ],
    ids=str,
)
def test_invalid_parameters_are_an_error(rekognition: "RekognitionClient", image: Any, more: dict[str, Any]) -> None:
    assert error(rekognition, image, **more) == "InvalidParameterException"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "InvalidParameterException"),
        ({"Image": "cat"}, "InvalidParameterException"),
        ({"Image": {"S3Object": "cat"}}, "InvalidParameterException"),
        ({"Image": {"S3Object": {"Bucket": "images"}}}, "InvalidParameterException"),
        ({"Image": {"S3Object": {"Bucket": "no bucket", "Name": "cat"}}}, "InvalidS3ObjectException"),
        ({"Image": {"Bytes": "no base64"}}, "InvalidParameterException"),
        ({"Image": {"Bytes": ""}}, "InvalidParameterException"),
        ({"Image": {"Bytes": base64.b64encode(b"x").decode()}, "MaxLabels": True}, "InvalidParameterException"),
        ({"Image": CAT, "MinConfidence": "high"}, "InvalidParameterException"),
    ],
    ids=str,
)
def test_parameters_that_no_client_sends_are_an_error(url: str, fields: dict[str, Any], code: str) -> None:
    response = requests.post(url, json=fields, headers={"X-Amz-Target": "RekognitionService.DetectLabels"}, timeout=60)
    assert (response.status_code, response.json()["__type"]) == (400, code)
