"""The registry of detectors, and the declarations that it is checked against."""

import pytest

from domain.detectors import DETECTORS, DetectorSpec, DetectorSpecError, RekognitionApi, declared
from recognition.detectors.runtime.registry import FACTORIES, check_factories
from recognition.detectors.runtime.rekognition import Operation, OperationResult

EDGE = DetectorSpec(name="edge", description="A model.", price=0)
API = RekognitionApi("DetectFaces", model="faces", version="1", task="detect")


def test_every_declared_detector_has_a_factory() -> None:
    assert FACTORIES.keys() == DETECTORS.keys()


@pytest.mark.parametrize(
    ("names", "factories", "message"),
    [
        (["edge", "faces"], ["edge"], r"The detector 'faces' has no factory in .*registry\.FACTORIES"),
        (["edge"], ["edge", "faces"], r"The detector 'faces' is not declared in domain\.detectors\.DETECTORS"),
    ],
)
def test_a_detector_without_factory_or_declaration_is_named(
    names: list[str], factories: list[str], message: str
) -> None:
    with pytest.raises(DetectorSpecError, match=message):
        check_factories(names, factories)


def test_an_incomplete_declaration_names_what_is_missing() -> None:
    with pytest.raises(DetectorSpecError, match="'faces' has no description"):
        DetectorSpec(name="faces", description="", price=0)
    with pytest.raises(DetectorSpecError, match="'faces' calls Amazon Rekognition but has no price"):
        DetectorSpec(name="faces", description="Faces.", price=0, rekognition=API)
    with pytest.raises(DetectorSpecError, match=r"price of the detector 'faces' is no multiple of 0\.001"):
        DetectorSpec(name="faces", description="Faces.", price=0.0015)
    with pytest.raises(TypeError, match="price"):
        DetectorSpec(name="faces", description="Faces.")  # type: ignore[call-arg]


def test_a_part_has_to_be_declared_first_and_a_name_once() -> None:
    both = DetectorSpec(name="both", description="Edge and faces.", price=0.001, parts=("edge", "faces"))
    with pytest.raises(DetectorSpecError, match="'both' has the undeclared part 'faces'"):
        declared([EDGE, both])
    with pytest.raises(DetectorSpecError, match="'edge' is declared twice"):
        declared([EDGE, EDGE])


def test_a_detector_uses_rekognition_if_one_of_its_parts_does() -> None:
    assert {name: spec.uses_rekognition for name, spec in DETECTORS.items() if name in ("edge", "cascade")} == {
        "edge": False,
        "cascade": True,
    }


def test_an_operation_needs_a_detector_that_declares_it() -> None:
    with pytest.raises(DetectorSpecError, match="'edge' declares no operation of Rekognition"):
        Operation("edge", lambda rekognition, picture: OperationResult("1", ())).model()
