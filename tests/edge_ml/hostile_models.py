"""Model files that load cleanly and then exhaust time or memory."""

from onnx import ModelProto, NodeProto, TensorProto, helper, load_model_from_string

from tests.edge_ml import samples


def endless() -> bytes:
    """Return a model that loops forever."""
    return _looping([helper.make_node("Constant", [], ["yes"], value=_true())])


def endless_on_bright_pictures() -> ModelProto:
    """Return a model that loops forever on pictures whose first channel is bright."""
    zero = helper.make_tensor("z", TensorProto.FLOAT, [], [0])
    bright = [
        helper.make_node("Constant", [], ["zero"], value=zero),
        helper.make_node("ReduceMax", ["flat"], ["brightest"], keepdims=0),
        helper.make_node("Greater", ["brightest", "zero"], ["yes"]),
    ]
    return load_model_from_string(_looping(bright))


def _true() -> TensorProto:
    return helper.make_tensor("y", TensorProto.BOOL, [], [True])


def _looping(condition: list[NodeProto]) -> bytes:
    """Return a model that loops forever where the output `yes` of these nodes is true."""
    value = helper.make_tensor_value_info
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"]), helper.make_node("Identity", ["kept"], ["keep"])],
        "body",
        [
            value("n", TensorProto.INT64, []),
            value("go", TensorProto.BOOL, []),
            value("kept", TensorProto.FLOAT, [1, 3]),
        ],
        [value("on", TensorProto.BOOL, []), value("keep", TensorProto.FLOAT, [1, 3])],
    )
    loop = [
        helper.make_node("Constant", [], ["most"], value=helper.make_tensor("m", TensorProto.INT64, [], [2**62])),
        *condition,
        helper.make_node("Loop", ["most", "yes", "flat"], ["logits"], body=body),
    ]
    return _saved(loop)


def hungry() -> bytes:
    """Return a model that allocates 48 GB: it expands three numbers to four billion rows."""
    sides = helper.make_tensor("s", TensorProto.INT64, [2], [4_000_000_000, 3])
    grow = [
        helper.make_node("Constant", [], ["sides"], value=sides),
        helper.make_node("Expand", ["flat", "sides"], ["vast"]),
        helper.make_node("ReduceMax", ["vast"], ["logits"], axes=[0], keepdims=1),
    ]
    return _saved(grow)


def _saved(nodes: list[NodeProto]) -> bytes:
    """Return the model of colors with these nodes added, from `flat` to `logits`."""
    value = helper.make_tensor_value_info
    pooled = [
        helper.make_node("GlobalAveragePool", ["image"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
    ]
    graph = helper.make_graph(
        [*pooled, *nodes],
        "hostile",
        [value("image", TensorProto.FLOAT, [1, 3, 32, 32])],
        [value("logits", TensorProto.FLOAT, [1, 3])],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", samples.OPSET)], ir_version=samples.IR_VERSION
    )
    return bytes(model.SerializeToString())
