"""The settings of a deployment, each declared once: its default, its kind, and its sentence for docs/settings.md.

They are read from the CDK context (`-c name=value`, or `context` in cdk.json) and passed to the stacks. Run this module
to print the table in docs/settings.md: `python -m settings`.
"""

import difflib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Self, TypeVar

from domain.detectors import DETECTORS
from setting_kinds import (
    BASE_URL,
    EMAIL_ADDRESS,
    FLAG,
    STACK_PREFIX,
    TAGS,
    URL,
    Kind,
    number,
    one_of,
    one_of_numbers,
    whole_number,
)
from wire.aws.shards import COUNTS

T = TypeVar("T")

_CALLS_PER_SECOND = 2
"""The least rate of a recognize worker in calls of Rekognition per second: a batch of ten then takes five seconds."""
_API_RATE, _API_BURST = 10_000, 5_000
"""An account's requests per second, and its burst, of all APIs in a region, unless AWS has raised them:
https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html#apigateway-account-level-limits-table"""
_FEWEST_WORKERS = 2
"""The least concurrency of a queue: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#events-sqs-max-concurrency"""


_OF_THE_CDK = re.compile(r"@.+|aws:.+|aws-cdk:.+|[\w-]+:(?=.*=).+|acknowledged-issue-numbers|cdk-migrate|cli-telemetry")
"""The keys of the context that the CDK reads: feature flags, options, cached lookups, what its CLI remembers."""


class SettingsError(ValueError):
    """A setting is unknown, or has an invalid value; the text names the setting and the valid names or values."""


_declared = 0
"""The number of calls of `setting`: a class body keeps only the last of two fields with the same name."""


def setting(default: T, kind: Kind[T], sentence: str, *, change: str = "yes") -> T:
    """Declare a setting, as a field of Settings; `change` says whether it may be changed on a deployed app.

    Raises TypeError for an unknown kind, ValueError for a missing sentence or a default that is not of the kind.
    """
    global _declared
    _declared += 1
    if not isinstance(kind, Kind):
        raise TypeError(f"{kind!r} is not the kind of a setting")
    if not sentence or kind.read(default) != default:
        raise ValueError(
            f"The setting with the default {default!r} has no sentence, or its default is not {kind.values}"
        )
    metadata = {"kind": kind, "sentence": sentence, "change": change}
    if isinstance(default, dict):
        return field(default_factory=lambda: default, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one deployment."""

    stage: str = setting(
        "",
        STACK_PREFIX,
        "prefix of the stack names, so that an account can hold several deployments",
        change="no: another stage is another deployment",
    )
    auth: str = setting(
        "cognito",
        one_of("cognito", "none"),
        "`cognito`: routes need a token of the user pool; `none`: anybody who knows the URL may use the API",
        change="in [two steps](deploy.md#turn-sign-in-off)",
    )
    sign_up: bool = setting(False, FLAG, "people may sign themselves up; otherwise an administrator invites them")
    from_email: str = setting(
        "",
        EMAIL_ADDRESS,
        "the address from which the user pool sends its mails by Amazon SES, where [its domain is"
        " verified](deploy.md#send-more-mails); without it Cognito sends them itself, about 50 a day",
    )
    daily_uploads: int = setting(
        0,
        whole_number(0, 1_000_000),
        "images that an owner may upload, or have recognized again, per day (UTC); 0: no limit",
    )
    daily_spend: float = setting(
        0.0,
        number(10_000),
        "US dollars of Rekognition after which an owner's requests are refused for the day; 0: no limit",
    )
    detector: str = setting(
        "rekognition",
        one_of(*DETECTORS),
        "the default detector; `cascade` calls `edge` first, and Rekognition for images of which `edge` is not sure",
    )
    cascade_below: float = setting(
        0.8, number(1), "the confidence, 0–1, below which the [cascade](api.md#the-cascade) calls Rekognition"
    )
    rekognition: bool = setting(
        True,
        FLAG,
        "whether the deployment can call Amazon Rekognition",
        change="yes; when turned on, the filter `detector=edge` finds images recognized since",
    )
    rekognition_tps: int = setting(
        50,
        whole_number(5, 5000),
        "calls of DetectLabels per second that [your account may make](operations.md#rekognition-throttles); the limit"
        " of this deployment",
    )
    edge_package: str = setting(
        "image", one_of("image", "zip"), "the edge function as a container image, which needs Docker, or as a zip file"
    )
    webhook_url: str = setting("", URL, "the URL of an endpoint that receives every event without registration")
    webhooks_per_owner: int = setting(50, whole_number(1, 1000), "webhooks that an owner may have at once")
    public_url: str = setting("", BASE_URL, "the API's base URL, if it is not that of API Gateway (a custom domain)")
    loopback: bool = setting(
        False, FLAG, "callers may name this machine as the target of a fetch or a webhook; only for `make run`"
    )
    concurrency: int = setting(
        10,
        whole_number(2, 500),
        "batches of ten that are recognized at once, and dispatched at once; twice as many are posted to webhooks. With"
        " Rekognition at most half of `rekognition_tps` are recognized at once, but at least two. 10 take some 320"
        " images per second with the edge model, and 370 take [11,600](operations.md#more-than-the-defaults-take)",
    )
    api_rate: int = setting(
        100,
        whole_number(1, _API_RATE),
        "requests to the API per second, beyond which callers get 429; an account may have"
        f" {_API_RATE:,} in all, unless AWS raises its quota. It bounds what a stolen token or a loop can cost",
    )
    api_burst: int = setting(
        200,
        whole_number(1, _API_BURST),
        f"requests at once that are accepted beyond `api_rate`; an account may have {_API_BURST:,} in all",
    )
    shards: int = setting(
        1,
        one_of_numbers(*COUNTS),
        "partitions over which the rows of an owner are spread, and those of a webhook; each takes some 500 images per"
        " second. With more than one, lists read a tenth more rows",
        change="it may be raised, not lowered: rows in the other partitions would no longer be found",
    )
    batching_seconds: int = setting(
        1,
        whole_number(0, 5),
        "seconds that a queue's messages wait for others, so that fewer, fuller batches are paid for; each of the three"
        " queues adds as much to the time until a webhook is notified, and up to 20 s where hardly any messages arrive;"
        " 0: no wait",
    )
    vendor: bool = setting(True, FLAG, "bundles include their packages; only `make run` has them elsewhere")
    credentials: str = setting(
        "bootstrap", one_of("bootstrap", "cli"), "the credentials of a deployment: CDK's bootstrap roles, or your own"
    )
    tracing: str = setting(
        "pass_through",
        one_of("pass_through", "active"),
        "`active`: X-Ray records the functions' invocations, all of them up to one a second and then one in twenty, at"
        " $5 a million; `pass_through`: only those of requests whose sender has them traced",
    )
    log_level: str = setting(
        "info",
        one_of("warning", "info", "debug"),
        "`info`: a line for each image, request and attempt, by which [operations](operations.md) finds them, and of"
        " Lambda's own lines those about failures; `warning`: only what went wrong, which costs least; `debug`: also"
        " Lambda's own lines about each start and invocation, with time and memory",
    )
    alarm_email: str = setting(
        "",
        EMAIL_ADDRESS,
        "the address that [alarms](operations.md) notify; without it, subscribe to the topic yourself",
    )
    alarm_spend: float = setting(
        10.0, number(1_000_000), "US dollars of Rekognition in a day that set off an alarm; 0: no alarm"
    )
    alarms: str = setting(
        "few",
        one_of("few", "all"),
        "`few`: 24 [alarms](operations.md), in which the functions behind routes share one, for $2.40 a month; `all`:"
        " three alarms of each of them instead, which name the function, 56 for $5.60",
    )
    monthly_budget: float = setting(
        0.0,
        number(1_000_000),
        "US dollars per month: AWS Budgets warns when the account has spent most of it, or will; 0: no budget",
    )
    tags: Mapping[str, str] = setting({}, TAGS, "tags of every resource: `-c tags=team=sight,cost=42`")

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> Self:
        """Read the settings from the CDK context: `-c` gives strings, cdk.json any JSON. Raises SettingsError."""
        for key in context:
            if key not in cls.__dataclass_fields__ and not _OF_THE_CDK.fullmatch(key):
                raise SettingsError(_unknown(key, list(cls.__dataclass_fields__)))
        given = {name: context[name] for name in cls.__dataclass_fields__ if context.get(name) is not None}
        settings = cls(**{name: _read(name, value) for name, value in given.items()})
        if settings.detector not in settings.detectors:
            raise SettingsError(f"detector={settings.detector} needs rekognition=true.")
        return settings

    @property
    def detectors(self) -> tuple[str, ...]:
        """The detectors that a caller may request, the default one first."""
        usable = [name for name, spec in DETECTORS.items() if self.rekognition or not spec.uses_rekognition]
        return tuple(sorted(usable, key=lambda name: name != self.detector))

    @property
    def enforce_ssl(self) -> bool:
        """True if buckets, topics and queues refuse plain HTTP; False on one machine, as its emulator has no HTTPS."""
        return not self.loopback

    @property
    def recognize_concurrency(self) -> int:
        """The number of batches that are recognized at once."""
        most = max(_FEWEST_WORKERS, self.rekognition_tps // _CALLS_PER_SECOND) if self.rekognition else self.concurrency
        return min(self.concurrency, most)

    @property
    def workers(self) -> int:
        """The number of functions that all event sources together may run at once: a delivery counts twice."""
        return self.recognize_concurrency + self.concurrency + 2 * self.concurrency

    @property
    def rekognition_pause(self) -> float:
        """Seconds between two calls of Rekognition by one worker, so that all workers stay within `rekognition_tps`."""
        return math.ceil(1000 * self.recognize_concurrency / self.rekognition_tps) / 1000

    def stack_name(self, construct_id: str) -> str:
        """Return the stack's name in the account."""
        return f"{self.stage}-{construct_id}" if self.stage else construct_id


if len(fields(Settings)) != _declared:
    raise TypeError("A setting is declared twice, or without `setting`.")


def _read(name: str, value: object) -> Any:
    kind: Kind[object] = Settings.__dataclass_fields__[name].metadata["kind"]
    converted = kind.read(value)
    if converted is None:
        raise SettingsError(f"{name} must be {kind.values}, not {value!r}.")
    return converted


def _unknown(key: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(re.sub(r"[\W_]+", "_", key.lower()).strip("_"), names, n=1, cutoff=0.5)
    known = f"Did you mean {near[0]}?" if near else f"The settings are {', '.join(names)}."
    return f"{key!r} is not a setting. {known} docs/settings.md describes all."


def settings_table() -> str:
    """Return the table of all settings in Markdown, as docs/settings.md has it."""
    rows = ["| setting | default | values | meaning | may change later |", "|---|---|---|---|---|"]
    for declared in fields(Settings):
        default = "" if declared.default in (MISSING, "") else f" `{str(declared.default).lower()}`"
        kind, sentence, change = (declared.metadata[name] for name in ("kind", "sentence", "change"))
        rows.append(f"| `{declared.name}` |{default} | {kind.values} | {sentence} | {change} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    print(settings_table(), end="")
