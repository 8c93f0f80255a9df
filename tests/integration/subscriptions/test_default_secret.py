from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from integration.subscriptions import default_secret
from integration.subscriptions.default_secret import StackError
from integration.subscriptions.runtime.signature import secret
from tests.integration.conftest import SIGNING_KEY


class CloudFormation:
    def __init__(self, **outputs: str) -> None:
        self.outputs = outputs

    def describe_stacks(self, **asked: str) -> dict[str, Any]:
        if asked != {"StackName": "IntegrationStack"}:
            raise ClientError({"Error": {"Message": "It does not exist"}}, "DescribeStacks")
        said = [{"OutputKey": name, "OutputValue": value} for name, value in self.outputs.items()]
        return {"Stacks": [{"Outputs": said} if said else {}]}


class SecretsManager:
    def get_secret_value(self, **asked: str) -> dict[str, str]:
        assert asked == {"SecretId": "arn"}
        return {"SecretString": SIGNING_KEY.decode()}


def test_it_is_the_secret_deliver_signs_with() -> None:
    standing = CloudFormation(SigningKeyArn="arn", DefaultWebhookUrl="https://example.com/all")
    told = default_secret.default_secret(standing, SecretsManager(), "IntegrationStack")
    assert told == secret(SIGNING_KEY, "default", 1)


@pytest.mark.parametrize(
    ("outputs", "stack", "why"),
    [
        ({"SigningKeyArn": "arn"}, "IntegrationStack", "no default endpoint.*webhook_url="),
        ({}, "IntegrationStack", "no default endpoint"),
        ({}, "OtherStack", "stack OtherStack cannot be read"),
    ],
)
def test_a_deployment_without_one_says_so(outputs: dict[str, str], stack: str, why: str) -> None:
    with pytest.raises(StackError, match=why):
        default_secret.default_secret(CloudFormation(**outputs), SecretsManager(), stack)


def test_the_command_fails_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with mock_aws():
        assert default_secret.main(["--stack", "Nowhere"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "Nowhere" in said.err


def test_the_command_prints_the_secret_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes = {
        "cloudformation": CloudFormation(SigningKeyArn="arn", DefaultWebhookUrl="https://example.com"),
        "secretsmanager": SecretsManager(),
    }
    monkeypatch.setattr(boto3, "client", fakes.__getitem__)
    assert default_secret.main([]) == 0
    assert capsys.readouterr().out == secret(SIGNING_KEY, "default", 1) + "\n"
