import pytest

from local.demo.api import Detection
from local.demo.results import Photo, table


@pytest.mark.parametrize(
    ("detections", "shown"),
    [
        ([], "nothing"),
        (
            [
                {"label": "Animal", "confidence": 0.99},
                {"label": "Pet", "confidence": 0.99, "parents": ["Animal"]},
                {"label": "Cat", "confidence": 0.97, "parents": ["Pet", "Animal"]},
            ],
            "Cat (Pet, Animal) 97%",
        ),
        ([{"label": "cat", "confidence": 0.9}, {"label": "dog", "confidence": 0.1}], "cat 90%, dog 10%"),
    ],
    ids=["nothing", "with parents", "without parents"],
)
def test_the_most_exact_labels_are_shown_with_their_parents(detections: list[Detection], shown: str) -> None:
    photo = Photo("cat", "img_1", 100.0, recognition={"detections": detections}, received_at=101.0)
    assert f"  {shown}  " in table([photo]).splitlines()[-1]
