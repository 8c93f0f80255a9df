import pytest

from wire.outbound.redirect import redirected
from wire.outbound.target import TargetError, check_url

BASE = check_url("https://example.com/a/b?c=d")

LEADS = {
    "e": "https://example.com/a/e",
    "/e": "https://example.com/e",
    "?e=f": "https://example.com/a/b?e=f",
    "#e": "https://example.com/a/b?c=d",
    "../../../e": "https://example.com/e",
    "//other.example/e": "https://other.example/e",
    "HTTPS://OTHER.example:8443/": "https://other.example:8443/",
    "/ü b": "https://example.com/%C3%BC%20b",
    "/\xff": "https://example.com/%EF%BF%BD",
}

NOWHERE = [
    "http://[",
    "https://[::1",
    "https://a℀b/",
    "https://exa\tmple.com/",
    "https://exa\r\n mple.com/",
    "\x00",
    "///other.example/",
    "https:///other.example/",
    "https://",
    "https:/e",
    "https:e",
    "\\\\other.example\\",
    "/\\other.example",
    "https:\\\\other.example",
    "/a\u2028b",
    "https://user@other.example/",
    "https://0x7f.1/",
    "file:///etc/passwd",
    "ftp://other.example/",
    "gopher://other.example/",
    "javascript:alert(1)",
    "data:,a",
    "https://other.example:0/",
    "/" + "a" * 2048,
]


def sent(location: str) -> str:
    """Return a location as http.client decodes a header in UTF-8."""
    return location.encode().decode("latin-1")


@pytest.mark.parametrize(("location", "url"), LEADS.items())
def test_a_location_is_read_as_browsers_read_it(location: str, url: str) -> None:
    assert redirected(BASE, location if location == "/\xff" else sent(location)).url == url


@pytest.mark.parametrize("location", NOWHERE)
def test_an_ambiguous_location_is_refused(location: str) -> None:
    with pytest.raises(TargetError) as refused:
        redirected(BASE, sent(location))
    assert refused.value.code == "invalid_url"
    assert location not in refused.value.detail


@pytest.mark.parametrize("location", ["http://example.com/a/b", "http://other.example/"])
def test_a_redirect_from_https_to_http_is_refused(location: str) -> None:
    with pytest.raises(TargetError) as refused:
        redirected(BASE, location)
    assert refused.value.code == "url_blocked"
