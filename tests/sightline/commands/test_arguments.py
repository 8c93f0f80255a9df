from domain.detectors import DETECTORS, RECOGNIZERS
from sightline.commands import arguments, filters


def test_the_help_texts_name_the_detectors_of_the_api() -> None:
    assert tuple(DETECTORS) == arguments.DETECTORS
    assert set(filters.RECOGNIZERS) == set(RECOGNIZERS)
