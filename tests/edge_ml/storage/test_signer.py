"""The copy of botocore's signer signs as the original, and leaves botocore whole."""

import subprocess
import sys
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from edge_ml.storage.signer import GetRequest, Headers, Keys, Signer, environment_or_session
from tests.stacks import ROOT

PATHS = st.text("ab/.~%20+-_=&", max_size=20)


@given(PATHS, PATHS, st.one_of(st.none(), st.text("abc/+=", min_size=1)))
def test_signatures_are_those_of_botocore(path: str, query: str, token: str | None) -> None:
    url = f"http://bucket.example/{path}" + (f"?versionId={query.replace('/', '')}" if query else "")
    signed = Signer("eu-central-1", lambda: Keys("access", "secret", token)).headers(GetRequest(url, "bucket.example"))
    expected = AWSRequest("GET", url, headers={"Host": "bucket.example"})
    original = S3SigV4Auth(Credentials("access", "secret", token), "s3", "eu-central-1")
    original.add_auth(expected)
    if expected.headers["X-Amz-Date"] == signed["X-Amz-Date"]:  # else a second has passed between the two
        assert signed == Headers(expected.headers.items())


def test_botocore_stays_whole_and_is_not_imported() -> None:
    code = """
import sys
from edge_ml.storage.signer import Keys, Signer
Signer("us-east-1", lambda: Keys("a", "s", None))
assert not {"botocore.auth", "botocore.compat", "botocore.utils", "urllib3", "email.utils"} & set(sys.modules)
import botocore.session, email.utils
botocore.session.Session().create_client("s3", "us-east-1", aws_access_key_id="a", aws_secret_access_key="s")
assert email.utils.formatdate and botocore.auth.HTTPHeaders is botocore.compat.HTTPHeaders
before = botocore.auth, botocore.compat, email.utils
Signer("us-east-1", lambda: Keys("a", "s", None))
assert before == tuple(map(sys.modules.get, ("botocore.auth", "botocore.compat", "email.utils")))
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_the_credentials_of_the_environment_come_first() -> None:
    environment = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}
    assert environment_or_session(environment)() == Keys("a", "s", "t")


def test_without_them_those_of_a_session_are_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Renewed:
        given = 0

        def get_frozen_credentials(self) -> Any:
            self.given += 1
            return Keys(f"key-{self.given}", "secret", None)

    found = Renewed()
    monkeypatch.setattr("botocore.session.Session.get_credentials", lambda self: found)
    credentials = environment_or_session({})
    assert [credentials().access_key, credentials().access_key] == ["key-1", "key-2"]
