"""What is going to happen, decided by the seed alone: what comes in and when, what goes wrong and when."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tests.chaos.functions.batches import DELIVER, DISPATCH, RECOGNIZE
from tests.chaos.plan.pictures import BROKEN

PUT, PUT_ANEW, AGAIN, AGAIN_EDGE, ERASE = "put", "put anew", "asked again", "edge asked", "erased"
WAYS = ("form", "hand", "bytes", "url")
_COPIES, _NO_PICTURE, _ANEW, _AGAIN, _EDGE, _ERASED = 0.2, 0.02, 0.1, 0.1, 0.02, 0.06
POISON, REPEAT, KILL, RESTART, STORM = "poison", "repeat", "kill", "restart", "storm"


@dataclass(frozen=True)
class Life:
    """One object: how it comes in, the contents it has one after the other, and what is done about it."""

    number: int
    way: str
    contents: tuple[int, ...]
    steps: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its file's name, by which the detector knows what is no picture."""
        return f"{'broken' if self.contents[0] >= BROKEN else 'picture'}-{self.number}.jpg"


@dataclass(frozen=True)
class Step:
    """What is done to one life at a moment, a part of the run from 0 to 1."""

    at: float
    life: Life
    what: str


@dataclass(frozen=True)
class Fault:
    """What goes wrong at a moment; `choice`, from 0 to 1, says which of what there is."""

    at: float
    what: str
    choice: float
    function: str = ""


@dataclass(frozen=True)
class Form:
    """How large a run is. Seconds: that it lasts, and that a message waits at most."""

    images: int
    seconds: float
    longest_wait: int
    kills: int
    restarts: int
    storms: int
    poison: int
    repeats: int


SHORT = Form(images=120, seconds=32, longest_wait=1, kills=9, restarts=2, storms=1, poison=12, repeats=12)
LONG = Form(images=1000, seconds=200, longest_wait=6, kills=36, restarts=6, storms=5, poison=30, repeats=100)


def lives(form: Form, dice: random.Random) -> list[Life]:
    """Every object of the run."""
    return [_life(number, dice) for number in range(form.images)]


def steps(all_lives: Sequence[Life], dice: random.Random) -> list[Step]:
    """All that is done, in its order; each life's in the order of its own."""
    made: list[Step] = []
    for life in all_lives:
        times = [dice.uniform(0, 0.85), *sorted(dice.uniform(0, 1) for _ in life.steps[1:])]
        begun = times[0]
        made += [Step(max(at, begun), life, what) for at, what in zip(times, life.steps, strict=True)]
    return sorted(made, key=lambda each: each.at)


def faults(form: Form, dice: random.Random) -> list[Fault]:
    """All that goes wrong, in its order."""
    numbers = {POISON: form.poison, REPEAT: form.repeats, RESTART: form.restarts, STORM: form.storms}
    made = [
        Fault(dice.uniform(0.05, 0.95), what, dice.random()) for what, count in numbers.items() for _ in range(count)
    ]
    functions = (RECOGNIZE, DISPATCH, DELIVER)
    made += [
        Fault(dice.uniform(0.05, 1), KILL, dice.random(), functions[n % len(functions)]) for n in range(form.kills)
    ]
    return sorted(made, key=lambda each: each.at)


def _life(number: int, dice: random.Random) -> Life:
    way = dice.choice(WAYS)
    if way == "hand" and dice.random() < _NO_PICTURE * len(WAYS):
        return Life(number, way, (BROKEN + number,), (PUT,))
    first = dice.randrange(max(number, 1)) if dice.random() < _COPIES else number
    later = {what: dice.random() < share for what, share in _LATER[way].items()}
    chosen = [what for what, wanted in later.items() if wanted]
    contents = (first, 5000 + number) if PUT_ANEW in chosen else (first,)
    return Life(number, way, contents, (PUT, *chosen))


_LATER = {
    "form": {PUT_ANEW: 2 * _ANEW, AGAIN: _AGAIN, AGAIN_EDGE: _EDGE, ERASE: _ERASED},
    "hand": {PUT_ANEW: 2 * _ANEW, AGAIN: _AGAIN, AGAIN_EDGE: _EDGE, ERASE: _ERASED},
    "bytes": {AGAIN: _AGAIN, AGAIN_EDGE: _EDGE, ERASE: _ERASED},
    "url": {AGAIN: _AGAIN, AGAIN_EDGE: _EDGE, ERASE: _ERASED},
}
