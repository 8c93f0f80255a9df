"""The session of botocore that all clients share: it starts in a fraction of the usual time.

The standard session loads the models of whole services (S3's has 1.3 MB) and the 1.25 MB of
`endpoints.json`, and walks the directories of some 440 services twice. This one reads
`wire/aws/models`, which `infrastructure.aws_models` writes, and the rest, such as endpoint rules, from botocore.
docs/decisions.md has the measurement.
"""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import Any

API_VERSIONS = {
    "dynamodb": "2012-08-10",
    "lambda": "2015-03-31",
    "rekognition": "2016-06-27",
    "s3": "2006-03-01",
    "secretsmanager": "2017-10-17",
    "sns": "2010-03-31",
    "sqs": "2012-11-05",
}
_MODELS = os.path.join(os.path.dirname(__file__), "models")


@contextmanager
def _slim_imports() -> Iterator[None]:
    """Have two packages imported in part: botocore's writer of docstrings, and HTTP/2 of urllib3, which is never used.

    They would also load an HTML parser and importlib.metadata. A later import gets them whole.
    """
    docstrings = ModuleType("botocore.docs.docstring")
    vars(docstrings).update(dict.fromkeys(("ClientMethodDocstring", "PaginatorDocstring", "WaiterDocstring"), _no_text))
    slim = (_bare_package("botocore", "docs"), docstrings, _bare_package("urllib3", "http2"))
    added = {module.__name__: module for module in slim if module.__name__ not in sys.modules}
    sys.modules.update(added)
    try:
        yield
    finally:
        for name in added:
            del sys.modules[name]


def _bare_package(package: str, name: str) -> ModuleType:
    """Return a package whose modules can be imported, without running its `__init__`."""
    bare = ModuleType(f"{package}.{name}")
    bare.__path__ = [os.path.join(folder, name) for folder in _search_path(package)]
    return bare


def _search_path(package: str) -> Sequence[str]:
    spec = find_spec(package)
    return spec.submodule_search_locations or () if spec else ()


def _no_text(**_: object) -> str:
    return ""


with _slim_imports():
    from botocore.credentials import CredentialResolver, EnvProvider
    from botocore.loaders import Loader
    from botocore.session import Session


class _LeanLoader(Loader):
    def list_available_services(self, type_name: str) -> list[str]:
        return list(API_VERSIONS)

    def list_api_versions(self, service_name: str, type_name: str) -> list[str]:
        return [API_VERSIONS[service_name]]

    def determine_latest_version(self, service_name: str, type_name: str) -> str:
        return API_VERSIONS[service_name]

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> dict[str, Any]:
        if type_name == "service-2" and service_name in API_VERSIONS:
            return _read(service_name)
        found: dict[str, Any] = super().load_service_model(service_name, type_name, api_version)
        return found

    def load_data_with_path(self, name: str) -> tuple[dict[str, Any], str]:
        if name == "endpoints":
            return _read(name), os.path.join(self.BUILTIN_DATA_PATH, name)  # another path would overrule the rules
        found: tuple[dict[str, Any], str] = super().load_data_with_path(name)
        return found


class _LeanSession(Session):
    def register(self, event_name: str, *handler: Any, **options: Any) -> None:
        kind, _, about = event_name.partition(".")
        if kind != "docs" and (not about or about.partition(".")[0] in API_VERSIONS):
            super().register(event_name, *handler, **options)


@cache
def _read(name: str) -> dict[str, Any]:
    with open(os.path.join(_MODELS, f"{name}.json"), encoding="utf-8") as file:
        read: dict[str, Any] = json.load(file)
    return read


@cache
def session() -> Session:
    """Return the session, whose credentials and connections are those of botocore."""
    made = _LeanSession()
    made.register_component("data_loader", _LeanLoader())
    if os.environ.get("AWS_ACCESS_KEY_ID"):  # botocore tries the environment first: it needs no other provider
        made.register_component("credential_provider", CredentialResolver([EnvProvider()]))
    return made
