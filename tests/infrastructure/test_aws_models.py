"""The models in `wire/aws/models` are those of the pinned botocore, for the operations that the functions call."""

import pytest
from botocore import xform_name

from infrastructure.aws_models import FOLDER, endpoints_file, model_file, names_in_code
from wire.aws.client import client
from wire.aws.session import API_VERSIONS


@pytest.fixture(scope="module")
def names() -> set[str]:
    return names_in_code()


@pytest.mark.parametrize("service", API_VERSIONS)
def test_a_file_is_what_botocore_has(service: str, names: set[str]) -> None:
    written = (FOLDER / f"{service}.json").read_text()
    assert written == model_file(service, names), "Run: python -m infrastructure.aws_models"


def test_the_endpoints_are_those_of_botocore() -> None:
    assert (FOLDER / "endpoints.json").read_text() == endpoints_file(), "Run: python -m infrastructure.aws_models"


def test_an_operation_is_known_where_the_code_names_it() -> None:
    calls = model_file("sqs", ["send_message", "no_such_operation"])
    assert '"SendMessage":' in calls
    assert '"PurgeQueue":' not in calls


def test_there_is_no_file_of_another_service() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == {*API_VERSIONS, "endpoints"}


def test_a_client_has_a_method_for_each_named_operation(names: set[str]) -> None:
    operations = client("dynamodb").meta.service_model.operation_names
    assert {"get_item", "batch_write_item"} <= {xform_name(name) for name in operations} & names
