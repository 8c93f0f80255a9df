import pytest

from edge_ml.bundles.public_text import without_paths


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("No such file: '/tmp/bundle-x1/mine@1.0.0/model.json'", "No such file: 'model.json'"),
        ("Load model from /var/task/edge_ml/models/a/model.onnx failed", "Load model from model.onnx failed"),
        ("/onnxruntime_src/core/graph.cc:12 void f()", "graph.cc:12 void f()"),
        ("export it: https://example.com/docs/onnx", "export it: https://example.com/docs/onnx"),
        ("its shape is [1, 3, 224, 224]; 3/4 of it", "its shape is [1, 3, 224, 224]; 3/4 of it"),
        ("models/mine/1.0.0/model.json is there", "models/mine/1.0.0/model.json is there"),
    ],
)
def test_paths_of_the_machine_are_cut_to_their_last_part(text: str, shown: str) -> None:
    assert without_paths(text) == shown
