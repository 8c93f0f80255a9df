"""Prefetching: the next images are read while the model works on the current one."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from edge_ml.protocol import ImageRequest

READ_AHEAD = 4


class Body(Protocol):
    """The bytes of an image, which may have been read already."""

    def result(self) -> bytes:
        """Return the bytes; raises what reading them raised."""


class Unread:
    """The bytes of a single image, which are read when they are wanted: no thread has to be started for them."""

    def __init__(self, read: "Callable[[ImageRequest], bytes]", image: "ImageRequest") -> None:
        self._read, self._image = read, image

    def result(self) -> bytes:
        """Read the image."""
        return self._read(self._image)


def prefetch(
    read: "Callable[[ImageRequest], bytes]", images: "Iterable[ImageRequest]", pool: "Executor"
) -> Iterator["Future[bytes]"]:
    """Yield each image's bytes in order, with the next `READ_AHEAD` reads started; more would not fit into memory."""
    pending: deque[Future[bytes]] = deque()
    for image in images:
        pending.append(pool.submit(read, image))
        if len(pending) > READ_AHEAD:
            yield pending.popleft()
    while pending:
        yield pending.popleft()
