"""What a deployer may change: read once from the CDK context, handed to the stacks."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from domain.detectors import DETECTORS

_CHOICES = {
    "auth": ("cognito", "none"),
    "detector": tuple(DETECTORS),
    "edge_package": ("image", "zip"),
    "credentials": ("bootstrap", "cli"),
}
_WHOLE_NUMBERS = {"concurrency": (2, 500), "daily_uploads": (0, 1_000_000), "rekognition_tps": (5, 5000)}
_NUMBERS = {"cascade_below": 1, "daily_spend": 10_000, "alarm_spend": 1_000_000, "monthly_budget": 1_000_000}
_CALLS_A_SECOND = 2
"""What each recogniser may ask of Rekognition at the least: a batch of ten then has its turns within five seconds."""
_FEWEST_WORKERS = 2
"""https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#events-sqs-max-concurrency"""
_TRUTHS = ("sign_up", "rekognition", "loopback", "vendor")


class SettingsError(ValueError):
    """A setting in cdk.json or `-c name=value` that cannot be taken; the text says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one deployment; cdk.json holds the defaults for an account.

    stage         prefix of the stack names, so that an account can hold several deployments
    auth          `cognito`: every route but the open ones wants a token of the user pool; `none`: all is public
    sign_up       whether people may sign themselves up; else an administrator invites them
    daily_uploads how many images an owner may upload, or have recognised anew, in a day (UTC); 0: any number
    daily_spend   how many US dollars of Rekognition an owner may have spent in a day before it is refused; 0: any
    detector      who recognises when a caller does not say; `cascade`: edge, and where it is unsure Rekognition
    cascade_below the confidence, 0–1, below which edge counts as unsure
    rekognition   whether Amazon Rekognition can be asked at all (not on one machine)
    rekognition_tps  how many DetectLabels calls a second the account may make, 5–5000: no more are made
    edge_package  `image`: built with Docker at deploy; `zip`: no Docker
    webhook_url   a third party that is told every event, without registering
    public_url    the API's base URL where it is not API Gateway's own (a custom domain)
    loopback      whether callers may name this very machine as a fetch or webhook target; only for `make run`
    concurrency   batches of ten that are recognised at once, and dispatched at once, 2–500; twice as many are
                  posted to webhooks at once. Where Rekognition may be asked, no more are recognised at once than leave
                  each two calls a second of `rekognition_tps`
    vendor        whether bundles carry their third-party packages (on one machine the emulator has them)
    credentials   `bootstrap`: CDK's bootstrap roles deploy; `cli`: the caller's own credentials do
    alarm_email   who is told when an alarm goes off; empty: the topic has no subscriber yet
    alarm_spend   how many US dollars of Rekognition in a day set an alarm off; 0: none do
    monthly_budget  US dollars a month; AWS warns when the account has spent most of it, or will; 0: no budget
    tags          put on every resource
    """

    stage: str = ""
    auth: str = "cognito"
    sign_up: bool = False
    daily_uploads: int = 0
    daily_spend: float = 0.0
    detector: str = "rekognition"
    cascade_below: float = 0.8
    rekognition: bool = True
    rekognition_tps: int = 50
    edge_package: str = "image"
    webhook_url: str = ""
    public_url: str = ""
    loopback: bool = False
    concurrency: int = 10
    vendor: bool = True
    credentials: str = "bootstrap"
    alarm_email: str = ""
    alarm_spend: float = 10.0
    monthly_budget: float = 0.0
    tags: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_context(cls, look_up: Callable[[str], Any]) -> Self:
        """Read the context values that are named like settings; `-c` gives strings, cdk.json any JSON."""
        given = {name: value for name in cls.__dataclass_fields__ if (value := look_up(name)) is not None}
        settings = cls(**{name: _value(name, value) for name, value in given.items()})
        if settings.detector not in settings.detectors:
            raise SettingsError(f"detector={settings.detector} needs rekognition=true.")
        return settings

    @property
    def detectors(self) -> tuple[str, ...]:
        """The detectors a caller may ask for, the default first."""
        usable = [name for name, spec in DETECTORS.items() if self.rekognition or not spec.uses_rekognition]
        return tuple(sorted(usable, key=lambda name: name != self.detector))

    @property
    def enforce_ssl(self) -> bool:
        """Whether buckets, topics and queues refuse plain HTTP.

        They do everywhere but on one machine: its emulator speaks only plain HTTP, and enforces the refusal.
        """
        return not self.loopback

    @property
    def recognizers(self) -> int:
        """How many batches are recognised at once."""
        most = max(_FEWEST_WORKERS, self.rekognition_tps // _CALLS_A_SECOND) if self.rekognition else self.concurrency
        return min(self.concurrency, most)

    @property
    def rekognition_pause(self) -> float:
        """Seconds from one call of Rekognition to the next by the same worker: all of them stay within the TPS."""
        return math.ceil(1000 * self.recognizers / self.rekognition_tps) / 1000

    def stack_name(self, construct_id: str) -> str:
        """The stack's name in the account."""
        return f"{self.stage}-{construct_id}" if self.stage else construct_id


def _value(name: str, value: Any) -> Any:
    read = _READERS.get(name)
    return read(name, value) if read else value


def _choice(name: str, value: Any) -> str:
    if value not in _CHOICES[name]:
        raise SettingsError(f"{name} must be one of {', '.join(_CHOICES[name])}, not {value!r}.")
    return str(value)


def _pairs(name: str, value: Any) -> Any:
    return dict(pair.split("=", 1) for pair in value.split(",") if pair) if isinstance(value, str) else value


def _address(name: str, value: Any) -> str:
    if value and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", str(value)):
        raise SettingsError(f"{name} must be an e-mail address, not {value!r}.")
    return str(value)


def _truth(name: str, value: Any) -> bool:
    if str(value).lower() not in ("true", "false"):
        raise SettingsError(f"{name} must be true or false, not {value!r}.")
    return str(value).lower() == "true"


def _whole(name: str, value: Any) -> int:
    least, most = _WHOLE_NUMBERS[name]
    if not str(value).isdecimal() or not least <= int(value) <= most:
        raise SettingsError(f"{name} must be a whole number from {least} to {most}, not {value!r}.")
    return int(value)


def _number(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number <= _NUMBERS[name]:
        raise SettingsError(f"{name} must be a number from 0 to {_NUMBERS[name]}, not {value!r}.")
    return number


_READERS: Mapping[str, Callable[[str, Any], Any]] = {
    **dict.fromkeys(_CHOICES, _choice),
    **dict.fromkeys(_WHOLE_NUMBERS, _whole),
    **dict.fromkeys(_NUMBERS, _number),
    **dict.fromkeys(_TRUTHS, _truth),
    "alarm_email": _address,
    "tags": _pairs,
}
