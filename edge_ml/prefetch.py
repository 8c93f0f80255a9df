"""Prefetching: the next images are read while the model works on the current one."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from edge_ml.protocol import ImageRequest

READ_AHEAD = 4


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
