"""The plan of a run, which depends on the seed alone: uploads and faults with their moments."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tests.chaos.functions.batches import DELIVER, DISPATCH, RECOGNIZE
from tests.chaos.plan.pictures import BROKEN

PUT, NEW_VERSION, AGAIN, AGAIN_EDGE, ERASE = "put", "new version", "recognize again", "edge again", "erase"
WAYS = ("form", "hand", "bytes", "url")
_COPIES, _NO_PICTURE, _NEW_VERSION, _AGAIN, _EDGE, _ERASED = 0.2, 0.02, 0.1, 0.1, 0.02, 0.06
POISON, REPEAT, KILL, RESTART, STORM = "poison", "repeat", "kill", "restart", "storm"


@dataclass(frozen=True)
class Life:
    """The life of one object: the way it is uploaded, its contents in order, and the steps done to it."""

    number: int
    way: str
    contents: tuple[int, ...]
    steps: tuple[str, ...]

    @property
    def name(self) -> str:
        """The file name, by which the stand-in Rekognition knows a broken picture."""
        return f"{'broken' if self.contents[0] >= BROKEN else 'picture'}-{self.number}.jpg"


@dataclass(frozen=True)
class Step:
    """One step of a life; `at` is a moment of the run, from 0 to 1."""

    at: float
    life: Life
    what: str


@dataclass(frozen=True)
class Fault:
    """One fault; `at` is a moment of the run and `choice` selects among the variants, both from 0 to 1."""

    at: float
    what: str
    choice: float
    function: str = ""


@dataclass(frozen=True)
class Size:
    """The size of a run: its `seconds`, and the most seconds that a message waits."""

    images: int
    seconds: float
    longest_wait: int
    kills: int
    restarts: int
    storms: int
    poison: int
    repeats: int


SHORT = Size(images=120, seconds=32, longest_wait=1, kills=9, restarts=2, storms=1, poison=12, repeats=12)
LONG = Size(images=1000, seconds=200, longest_wait=6, kills=36, restarts=6, storms=5, poison=30, repeats=100)


def lives(size: Size, dice: random.Random) -> list[Life]:
    """Return the life of every object of the run."""
    return [_life(number, dice) for number in range(size.images)]


def steps(all_lives: Sequence[Life], dice: random.Random) -> list[Step]:
    """Return the steps of all lives, sorted by moment; the steps of one life keep their order."""
    made: list[Step] = []
    for life in all_lives:
        times = [dice.uniform(0, 0.85), *sorted(dice.uniform(0, 1) for _ in life.steps[1:])]
        begun = times[0]
        made += [Step(max(at, begun), life, what) for at, what in zip(times, life.steps, strict=True)]
    return sorted(made, key=lambda step: step.at)


def faults(size: Size, dice: random.Random) -> list[Fault]:
    """Return all faults, sorted by moment."""
    numbers = {POISON: size.poison, REPEAT: size.repeats, RESTART: size.restarts, STORM: size.storms}
    made = [
        Fault(dice.uniform(0.05, 0.95), what, dice.random()) for what, count in numbers.items() for _ in range(count)
    ]
    functions = (RECOGNIZE, DISPATCH, DELIVER)
    made += [
        Fault(dice.uniform(0.05, 1), KILL, dice.random(), functions[n % len(functions)]) for n in range(size.kills)
    ]
    return sorted(made, key=lambda fault: fault.at)


def _life(number: int, dice: random.Random) -> Life:
    way = dice.choice(WAYS)
    if way == "hand" and dice.random() < _NO_PICTURE * len(WAYS):
        return Life(number, way, (BROKEN + number,), (PUT,))
    first = dice.randrange(max(number, 1)) if dice.random() < _COPIES else number
    later = {what: dice.random() < share for what, share in _LATER[way].items()}
    chosen = [what for what, wanted in later.items() if wanted]
    contents = (first, 5000 + number) if NEW_VERSION in chosen else (first,)
    return Life(number, way, contents, (PUT, *chosen))


_LATER = {
    "form": {NEW_VERSION: 2 * _NEW_VERSION, AGAIN: _AGAIN, AGAIN_EDGE: _EDGE, ERASE: _ERASED},
    "hand": {NEW_VERSION: 2 * _NEW_VERSION, AGAIN: _AGAIN, AGAIN_EDGE: _EDGE, ERASE: _ERASED},
    "bytes": {AGAIN: _AGAIN, AGAIN_EDGE: _EDGE, ERASE: _ERASED},
    "url": {AGAIN: _AGAIN, AGAIN_EDGE: _EDGE, ERASE: _ERASED},
}
