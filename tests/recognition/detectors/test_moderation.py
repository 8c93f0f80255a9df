"""The detector `moderation`: labels with parents, spending, throttling and reuse, with the real protocol."""

import json
from types import ModuleType
from typing import Any

import pytest

from domain.detectors import DETECTORS
from domain.image import image_key
from domain.options import Options
from domain.recognition import Detection, Model, Recognition
from recognition.detectors.runtime.moderation import MODERATION, detections
from recognition.recognize.runtime.usage import counters
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.result_cache import CacheKey
from tests.builders import Context, image, s3_event, sqs_event
from tests.recognition.conftest import Account
from tests.recognition.detectors.conftest import StartWorker
from tests.recognition.test_infrastructure import found
from tests.rekognition_server import MODERATION_LABELS, Rekognition

KEYS = [image_key("ann", f"img_{n:032x}", "cat.unsure", has_options=True) for n in range(3)]
WEAPON = {"label": "Weapon Violence", "confidence": 0.9312, "parents": ["Violence", "Visually Disturbing"]}


@pytest.fixture
def recognize(start_worker: StartWorker) -> ModuleType:
    """Return the worker of a deployment with all detectors; its clients do not retry."""
    return start_worker("cascade,rekognition,edge,moderation")


def upload(account: Account, module: ModuleType, detector: str, key: str = KEYS[0]) -> dict[str, Any]:
    """Upload an image of the same bytes for this detector; return the recognition, empty if there is none."""
    version = account.put(key, detector=detector)
    module.handler(sqs_event(s3_event(key, version=version, etag="same")), Context())
    entries = [entry for entry in account.entries() if entry.image.image_id in key]
    return entries[0].event().data["recognition"] if entries else {}


def test_labels_have_their_parents_the_broadest_last(account: Account, recognize: ModuleType) -> None:
    outcome = upload(account, recognize, "moderation")
    assert (outcome["detector"], outcome["asked"]) == ("moderation", "moderation")
    assert outcome["model"] == {"name": "rekognition-moderation", "version": "7.0", "digest": ""}
    assert outcome["detections"][0] == WEAPON
    assert outcome["detections"][2] == {"label": "Visually Disturbing", "confidence": 0.9312}


def test_a_parent_that_is_no_label_of_the_response_is_kept() -> None:
    response: Any = {"ModerationLabels": [{"Name": "Smoking", "Confidence": 90.0, "ParentName": "Drugs & Tobacco"}]}
    assert detections(response) == (Detection("Smoking", 0.9, parents=("Drugs & Tobacco",)),)


def test_a_detection_with_parents_is_read_as_it_was_written() -> None:
    assert Detection.from_dict(WEAPON).to_dict() == WEAPON
    assert "parents" not in Detection("cat", 0.9).to_dict()


def test_the_current_model_is_the_declared_one() -> None:
    assert MODERATION.model() == Model("rekognition-moderation", "7.0")


def test_the_cost_of_moderation_is_counted(
    account: Account, recognize: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    upload(account, recognize, "moderation")
    (row,) = account.rows("usage")
    assert row["rekognition_calls"] == {"N": str(DETECTORS["moderation"].paid_calls)} == {"N": "1"}
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith('{"_aws"')]
    assert json.loads(line)["RekognitionCalls"] == [1]


def test_only_a_result_of_moderation_is_reused(
    account: Account, recognize: ModuleType, rekognition: Rekognition
) -> None:
    upload(account, recognize, "rekognition", KEYS[0])
    first, second = (upload(account, recognize, "moderation", key) for key in KEYS[1:])
    assert first == second
    assert first["detections"][0] == WEAPON
    assert rekognition.keys == KEYS[:2]


def test_a_result_of_another_version_is_reused_once_a_worker_knows_the_version(
    account: Account, recognize: ModuleType, rekognition: Rekognition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MODERATION_LABELS, "ModerationModelVersion", "7.1")
    for key in KEYS[:2]:
        assert upload(account, recognize, "moderation", key)["model"]["version"] == "7.1"
    assert rekognition.keys == KEYS[:1]


def test_moderation_has_a_cache_key_of_its_own() -> None:
    assert CacheKey.of(image(), "moderation").answer == "moderation"


def test_the_cascade_does_not_ask_moderation(account: Account, recognize: ModuleType) -> None:
    assert upload(account, recognize, "cascade")["detector"] == "rekognition"


def test_a_throttled_image_is_requeued(account: Account, recognize: ModuleType, rekognition: Rekognition) -> None:
    rekognition.refusal = "ThrottlingException"
    assert upload(account, recognize, "moderation") == {}
    delayed = "ApproximateNumberOfMessagesDelayed"
    queue = account.sqs.get_queue_attributes(QueueUrl=account.uploads, AttributeNames=[delayed])
    assert queue["Attributes"][delayed] == "1"


def test_all_detectors_of_rekognition_share_one_rate_limiter(recognize: ModuleType) -> None:
    labels, moderation = recognize.detectors.rekognition, recognize.detectors.rekognition_detector(MODERATION)
    assert labels._rate_limiter is moderation._rate_limiter


def test_a_reused_result_is_a_saved_call() -> None:
    outcome = Recognition("moderation", MODERATION.model(), (), duration_ms=1)
    reused = Entry(image(), outcome, "2026-11-20T17:00:01.000Z", Options(), reused_from="img_1")
    assert counters(reused) == {"uploads": 1, "recognized": 1, "reused": 1, "reused_rekognition": 1}


def test_moderation_is_granted_only_with_rekognition() -> None:
    policy = "AWS::IAM::Policy"
    assert "rekognition:DetectModerationLabels" in json.dumps(found(policy))
    assert "rekognition:" not in json.dumps(found(policy, rekognition="false", detector="edge"))
