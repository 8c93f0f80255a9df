import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError

from edge_ml.prefetch import READ_AHEAD, Unread, prefetch


def test_the_next_objects_are_read_while_the_first_is_recognized() -> None:
    images: Any = [{"key": str(n)} for n in range(20)]
    requested: list[str] = []
    reads = threading.Semaphore(0)

    def reader(image: Any) -> bytes:
        requested.append(image["key"])
        reads.release()
        return str(image["key"]).encode()

    with ThreadPoolExecutor(4) as pool:
        futures = prefetch(reader, images, pool)
        first = next(futures).result()
        assert reads.acquire(timeout=60)
        assert reads.acquire(timeout=60)  # the second read was started although nobody waits for it yet
        assert len(requested) <= READ_AHEAD + 1
        assert [first, *(future.result() for future in futures)] == [str(n).encode() for n in range(20)]


def test_a_failed_read_does_not_affect_the_others() -> None:
    def reader(image: Any) -> bytes:
        if image["key"] == "1":
            raise ClientError({"Error": {"Code": "x"}}, "GetObject")
        return b"fine"

    with ThreadPoolExecutor(2) as pool:
        futures = list(prefetch(reader, [{"key": str(n)} for n in range(3)], pool))
    assert [future.exception() is None for future in futures] == [True, False, True]


def test_a_single_image_is_read_when_it_is_wanted() -> None:
    read: list[str] = []

    def reader(image: Any) -> bytes:
        read.append(image["key"])
        return b"fine"

    body = Unread(reader, {"key": "1"})
    assert not read
    assert body.result() == b"fine"
    assert read == ["1"]
