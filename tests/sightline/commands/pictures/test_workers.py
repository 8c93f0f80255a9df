import pytest

from sightline.commands.pictures.workers import work_through


def test_every_item_is_yielded_once() -> None:
    done = list[int]()
    assert sorted(work_through(done.append, range(100), workers=4)) == list(range(100))
    assert sorted(done) == list(range(100))


def test_no_item_is_started_after_a_failure() -> None:
    started = list[int]()

    def fail_at_one(item: int) -> None:
        started.append(item)
        if item == 1:
            raise ValueError(item)

    with pytest.raises(ValueError, match="1"):
        list(work_through(fail_at_one, range(9), workers=1))
    assert started == [0, 1]
