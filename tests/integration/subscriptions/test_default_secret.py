from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from integration.subscriptions import default_secret
from integration.subscriptions.default_secret import StackError
from integration.subscriptions.runtime.signature import secret
from tests.integration.conftest import SIGNING_KEY

if TYPE_CHECKING:
    from types_boto3_cloudformation.client import CloudFormationClient
    from types_boto3_secretsmanager.client import SecretsManagerClient


class CloudFormation:
    def __init__(self, **outputs: str) -> None:
        self.outputs = outputs

    def describe_stacks(self, **request: str) -> dict[str, Any]:
        if request != {"StackName": "IntegrationStack"}:
            raise ClientError({"Error": {"Message": "It does not exist"}}, "DescribeStacks")
        written = [{"OutputKey": name, "OutputValue": value} for name, value in self.outputs.items()]
        return {"Stacks": [{"Outputs": written} if written else {}]}


class SecretsManager:
    def get_secret_value(self, **request: str) -> dict[str, str]:
        assert request == {"SecretId": "arn"}
        return {"SecretString": SIGNING_KEY.decode()}


def secret_of(cloudformation: CloudFormation, stack: str) -> str:
    clients = cast("CloudFormationClient", cloudformation), cast("SecretsManagerClient", SecretsManager())
    return default_secret.default_secret(*clients, stack)


def test_the_secret_is_the_one_with_which_deliver_signs() -> None:
    deployed = CloudFormation(SigningKeyArn="arn", DefaultWebhookUrl="https://example.com/all")
    printed = secret_of(deployed, "IntegrationStack")
    assert printed == secret(SIGNING_KEY, "default", 1)


@pytest.mark.parametrize(
    ("outputs", "stack", "why"),
    [
        ({"SigningKeyArn": "arn"}, "IntegrationStack", "no default endpoint.*webhook_url="),
        ({}, "IntegrationStack", "no default endpoint"),
        ({}, "OtherStack", "stack OtherStack cannot be read"),
    ],
)
def test_a_deployment_without_a_default_endpoint_is_an_error(outputs: dict[str, str], stack: str, why: str) -> None:
    with pytest.raises(StackError, match=why):
        secret_of(CloudFormation(**outputs), stack)


def test_the_command_fails_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with mock_aws():
        assert default_secret.main(["--stack", "Nowhere"]) == 1
    written = capsys.readouterr()
    assert written.out == ""
    assert "Nowhere" in written.err


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
