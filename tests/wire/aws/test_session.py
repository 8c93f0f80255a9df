"""The lean session knows what the functions use of botocore, and leaves the rest of botocore whole."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from botocore.exceptions import ClientError

from tests.benchmarks.start import ENVIRONMENT
from wire.aws.client import client
from wire.aws.session import session


@pytest.fixture(autouse=True)
def new_session(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    session.cache_clear()
    yield
    session.cache_clear()


def loaded(code: str) -> list[str]:
    """Run code in a new interpreter, without writing bytecode; return the modules that it has loaded."""
    printed = f"{code}\nimport json, sys; print(json.dumps(list(sys.modules)))"
    finished = subprocess.run(
        [sys.executable, "-c", printed], env=ENVIRONMENT, check=True, capture_output=True, text=True
    )
    modules: list[str] = json.loads(finished.stdout)
    return modules


def test_docstrings_and_http_2_are_not_imported() -> None:
    modules = loaded("import wire.aws.client; wire.aws.client.client('s3')")
    assert not {"botocore.docs", "botocore.docs.docstring", "html.parser", "urllib3.http2"} & set(modules)


def test_they_are_whole_for_whoever_imports_them_later() -> None:
    later = (
        "import boto3, botocore.docs.docstring, urllib3.http2; boto3.client('iam'); urllib3.http2.inject_into_urllib3"
    )
    modules = loaded(
        f"import wire.aws.client\n{later}\nassert botocore.docs.docstring.ClientMethodDocstring.__mro__[1:]"
    )
    assert {"botocore.docs.service", "html.parser"} <= set(modules)


def test_they_stay_whole_where_they_were_imported_before() -> None:
    code = "import botocore.docs, urllib3.http2\nkept = botocore.docs, urllib3.http2\nimport wire.aws.client, sys\n"
    loaded(code + "assert kept == (sys.modules['botocore.docs'], sys.modules['urllib3.http2'])")


def test_credentials_come_from_the_environment_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    found = session().get_credentials()
    assert found
    assert (found.access_key, found.token) == ("key", "token")


class _Credentials(BaseHTTPRequestHandler):
    """The credentials of a container: the first pair has expired, so that it is renewed."""

    given = 0

    def do_GET(self) -> None:
        type(self).given += 1
        pair = {
            "AccessKeyId": f"key-{self.given}",
            "SecretAccessKey": "s",
            "Token": "t",
        }
        pair["Expiration"] = "2020-01-01T00:00:00Z" if self.given == 1 else "2099-01-01T00:00:00Z"
        body = json.dumps(pair).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_without_them_they_come_from_the_container_and_are_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    server = HTTPServer(("127.0.0.1", 0), _Credentials)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"http://127.0.0.1:{server.server_port}/")
    try:
        found = session().get_credentials()
        assert found
        assert found.get_frozen_credentials().access_key == "key-2"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_errors_of_a_service_have_classes() -> None:
    dynamodb = client("dynamodb")
    for name in ("ConditionalCheckFailedException", "TransactionCanceledException"):
        assert issubclass(getattr(dynamodb.exceptions, name), ClientError)
