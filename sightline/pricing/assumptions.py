"""Assumptions of a price: times, sizes and shares that no list of prices has. No time here was measured on Lambda."""

MODEL_MS = 13.0
"""Milliseconds of the edge function for a 2-MP photo, bytes to labels: `make bench ARGS=price` measures it."""
PHOTO_BYTES = 600_000
"""A 2-MP photo: two units of API Gateway's 512 KB where its bytes are in the request."""
UNSURE = 0.2
"""The share of a cascade's images of which the edge model is not sure, and that Rekognition is asked about."""
TRACED = 0.05
"""The share of invocations that X-Ray records with `tracing=active`, besides the first of each second."""

SMALL_GB, EDGE_GB = 0.5, 2.0
"""The memory of the functions; a test compares it with the templates."""
CORE = 0.29
"""The share of a core of a function of 512 MB: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html"""
CALL_MS, S3_READ_MS, REKOGNITION_MS, SUBSCRIBER_MS, AUTHORIZE_MS = 5, 20, 600, 50, 5
"""The wait for a call, for the first object of a batch, for ten images of Rekognition, and for a subscriber."""
RECOGNIZE_MS, DISPATCH_MS, DELIVER_MS = (7.0, 1.8), (3.0, 0.3), (3.0, 1.5)
"""Processor time of a whole core for a batch, and for each of its messages: `make bench` measures their handlers."""
START_MS = {"small": 400, "edge": 1200}
"""The start of a worker. It is paid for since August 2025; no figure here was measured on Lambda."""
IDLE_SECONDS, LIFE_SECONDS = 600, 7200
"""Lambda ends a worker that waits about so long, and replaces any after about two hours; AWS publishes neither."""
EDGE_LOG, ACCESS_LOG, AUTHORIZER_LOG, LAMBDA_LOG, ENTRY = 175, 330, 290, 560, 26
"""Bytes of the log: an edge image's line, a request's, its authorizer's, Lambda's two of an invocation; more a line."""
WEBHOOK_BYTES = 1600
"""Bytes that leave AWS for a webhook: body, headers, TLS."""
RESPONSE_BYTES = 700
"""Bytes that leave AWS for a request of an upload."""
