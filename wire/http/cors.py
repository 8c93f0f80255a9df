"""Pages of other origins: the API and the buckets of pictures let the scripts of any page send and read.

A request carries its own token, form or signature and never a cookie, so a page gains nothing by a visitor's browser.
"""

ORIGINS = ("*",)
REQUEST_HEADERS = ("authorization", "content-type")
RESPONSE_HEADERS = (
    "allow",
    "location",
    "retry-after",
    "www-authenticate",
    "x-amzn-remapped-www-authenticate",
    "x-request-id",
)
"""The headers that a script may read; API Gateway sends `www-authenticate` under the longer name."""

MAX_AGE = 3600
"""The seconds for which a browser remembers a preflight response."""

PREFLIGHT = {
    "access-control-allow-origin": ", ".join(ORIGINS),
    "access-control-allow-methods": "*",
    "access-control-allow-headers": ", ".join(REQUEST_HEADERS),
    "access-control-expose-headers": ", ".join(RESPONSE_HEADERS),
    "access-control-max-age": str(MAX_AGE),
}
"""The headers of a preflight response.

API Gateway replaces them by those of its own CORS configuration, but leaves the status to the function:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
"""
