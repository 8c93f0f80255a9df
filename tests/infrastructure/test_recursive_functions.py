"""Lambda's detection of recursive loops: off for the functions that are upstream of themselves, on for all others.

Lambda stops a chain of invocations after about 16 of the same function, and an image that waits for a throttled
detector, or a delivery that waits for its subscriber, takes more. So these functions limit their chains themselves.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
"""

import pytest

from tests.infrastructure.message_graph import edges, in_loops
from tests.stacks import LOCAL, resources

SETTINGS = pytest.mark.parametrize(
    "settings", [{}, LOCAL, {"rekognition": "false", "detector": "edge"}], ids=["account", "local", "edge"]
)


@SETTINGS
def test_exactly_the_functions_that_are_upstream_of_themselves_may_be_recursive(settings: dict[str, str]) -> None:
    functions = dict(resources("AWS::Lambda::Function", **settings))
    allowed = {name: function["Properties"].get("RecursiveLoop") for name, function in functions.items()}
    loops = in_loops(edges(**settings)) & set(functions)
    assert {name for name, value in allowed.items() if value == "Allow"} == loops
    assert {value for name, value in allowed.items() if name not in loops} == {None}


@SETTINGS
def test_the_graph_finds_direct_loops_and_those_through_other_functions_queues_and_topics(
    settings: dict[str, str],
) -> None:
    found = {name.split("/")[1].rstrip("0123456789ABCDEF") for name in in_loops(edges(**settings))}
    assert {"Recognize", "UploadsQueue", "Deliver", "DeliveriesQueue", "Dispatch", "EventsQueue"} <= found
    reached = {receiver.split("/")[1] for _, receiver in edges(**settings)}
    assert any(name.startswith("Results") for name in reached), "a function publishes to a topic"
    assert any(sender.split("/")[1].startswith("Images") for sender, _ in edges(**settings)), "a bucket notifies"


def test_a_chain_of_bucket_topic_and_queue_is_a_loop() -> None:
    chain = [("function", "bucket"), ("bucket", "topic"), ("topic", "queue"), ("queue", "function"), ("other", "topic")]
    assert in_loops(set(chain)) == {"function", "bucket", "topic", "queue"}
    assert not in_loops(set(chain[1:]))
