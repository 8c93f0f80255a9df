"""The function that recognizes a picture while the caller waits."""

from infrastructure.functions import PythonFunction
from recognition.unit import Unit


def classify(unit: Unit) -> None:
    """Define the function behind POST /classify."""
    function = PythonFunction(
        unit.scope,
        "Classify",
        code=unit.code,
        handler="recognition.classify.runtime.handler.handler",
        environment={"EDGE_FUNCTION": unit.detectors.edge.function_name},
    )
    function.may(["lambda:InvokeFunction"], unit.detectors.edge.function_arn)
    unit.api.routes.add(unit.scope, function)
