"""Recognition, Rejection and their JSON forms."""

from dataclasses import replace

from domain.recognition import Recognition, Rejection
from tests.builders import recognition


def test_a_recognition_survives_its_json_form() -> None:
    assert Recognition.from_dict(recognition().to_dict()) == recognition()


def test_a_recognition_says_who_was_asked_where_another_answered() -> None:
    kept = replace(recognition(), asked="cascade")
    assert (kept.to_dict()["asked"], kept.to_dict()["detector"]) == ("cascade", "edge")
    assert Recognition.from_dict(kept.to_dict()) == kept


def test_a_recognition_from_before_that_was_kept_asked_the_one_that_answered() -> None:
    older = {name: said for name, said in recognition().to_dict().items() if name != "asked"}
    assert Recognition.from_dict(older).asked == "edge"


def test_reading_applies_top_k_and_min_confidence_best_first() -> None:
    seen = recognition(confidence=0.01).to_dict(top_k=1)
    assert [each["label"] for each in seen["detections"]] == ["dog"]
    assert recognition().to_dict(min_confidence=0.5)["detections"][0]["label"] == "cat"
    assert recognition().to_dict(min_confidence=0.99)["detections"] == []


def test_a_rejection_survives_its_json_form() -> None:
    rejection = Rejection("not_an_image", "These bytes are no picture.")
    assert Rejection.from_dict(rejection.to_dict()) == rejection
