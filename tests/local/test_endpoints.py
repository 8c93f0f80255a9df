import json
from dataclasses import fields
from pathlib import Path

from local.endpoints import Endpoints, read_outputs


def test_urls_of_the_endpoints_work_with_any_client(tmp_path: Path) -> None:
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps({"APIStack": {"UploadsQueueUrl": "http://localhost:4566/000000000000/uploads"}}))
    endpoints = Endpoints.from_outputs(4566, read_outputs(file))
    assert endpoints.uploads_queue_url == "http://127.0.0.1:4566/000000000000/uploads"
    assert endpoints.api.startswith("http://127.0.0.1:4566/_aws/execute-api/")
    assert endpoints.user_pool_id is None


def test_the_endpoints_have_the_documented_fields() -> None:
    documented = (
        "api aws_endpoint images_bucket models_bucket recognitions_table uploads_queue_url"
        " user_pool_id user_pool_client_id region"
    )
    assert [field.name for field in fields(Endpoints)] == documented.split()
