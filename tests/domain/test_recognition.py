"""Recognition, Rejection and their JSON forms."""

import json
from dataclasses import replace

from domain.recognition import Box, Detection, Mask, Recognition, Rejection
from tests.builders import recognition


def test_a_recognition_survives_its_json_form() -> None:
    assert Recognition.from_dict(recognition().to_dict()) == recognition()


def test_a_recognition_names_the_requested_detector_besides_its_own() -> None:
    kept = replace(recognition(), asked="cascade")
    assert (kept.to_dict()["asked"], kept.to_dict()["detector"]) == ("cascade", "edge")
    assert Recognition.from_dict(kept.to_dict()) == kept


def test_a_recognition_stored_without_the_requested_detector_was_requested_of_its_own() -> None:
    older = {name: value for name, value in recognition().to_dict().items() if name != "asked"}
    assert Recognition.from_dict(older).asked == "edge"


def test_reading_applies_top_k_and_min_confidence_best_first() -> None:
    seen = recognition(confidence=0.01).to_dict(top_k=1)
    assert [detection["label"] for detection in seen["detections"]] == ["dog"]
    assert recognition().to_dict(min_confidence=0.5)["detections"][0]["label"] == "cat"
    assert recognition().to_dict(min_confidence=0.99)["detections"] == []


def test_a_rejection_survives_its_json_form() -> None:
    rejection = Rejection("not_an_image", "These bytes are no picture.")
    assert Rejection.from_dict(rejection.to_dict()) == rejection


TRIANGLE = (((0.1, 0.2), (0.5, 0.25), (0.3, 0.9)),)


def outlined() -> Recognition:
    shaped = Detection("goat", 0.9, Box(0.1, 0.2, 0.4, 0.7), TRIANGLE, Mask(10, 20, "52203"))
    return replace(recognition(), detections=(shaped, Detection("dog", 0.02)))


def test_outlines_and_masks_survive_json() -> None:
    assert Recognition.from_dict(json.loads(json.dumps(outlined().to_dict()))) == outlined()


def test_a_detection_has_only_the_shapes_that_the_detector_gave() -> None:
    shaped, bare = outlined().to_dict()["detections"]
    assert shaped["outline"] == [[[0.1, 0.2], [0.5, 0.25], [0.3, 0.9]]]
    assert shaped["mask"] == {"size": [10, 20], "counts": "52203"}
    assert set(bare) == {"label", "confidence"}


def test_shapes_can_be_omitted() -> None:
    shaped = outlined().to_dict(shapes=False)["detections"][0]
    assert set(shaped) == {"label", "confidence", "box"}
