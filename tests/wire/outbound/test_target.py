import pytest

from wire.outbound.target import check_url

READ = {
    "http://example.com": ("http", "example.com", 80, "/"),
    "https://example.com/": ("https", "example.com", 443, "/"),
    "HTTPS://EXAMPLE.com/A.JPG": ("https", "example.com", 443, "/A.JPG"),
    "https://example.com:443/a": ("https", "example.com", 443, "/a"),
    "http://example.com:443/a": ("http", "example.com", 443, "/a"),
    "http://example.com:8080/a?b=c&d=e": ("http", "example.com", 8080, "/a?b=c&d=e"),
    "http://example.com?b=c": ("http", "example.com", 80, "/?b=c"),
    "http://example.com/a#fragment": ("http", "example.com", 80, "/a"),
    "http://example.com./a": ("http", "example.com", 80, "/a"),
    "http://example.com/a%20b+c%25": ("http", "example.com", 80, "/a%20b+c%25"),
    "http://example.com/ä?ü=1": ("http", "example.com", 80, "/%C3%A4?%C3%BC=1"),
    "http://bücher.example/x": ("http", "xn--bcher-kva.example", 80, "/x"),
    "http://my_bucket.example.com/x": ("http", "my_bucket.example.com", 80, "/x"),
    "http://example.com/@x": ("http", "example.com", 80, "/@x"),
    "http://example.com/a:b": ("http", "example.com", 80, "/a:b"),
    "http://1.2.3.4.example/": ("http", "1.2.3.4.example", 80, "/"),
    "http://0x7f.example/": ("http", "0x7f.example", 80, "/"),
    "http://93.184.216.34:8080/x": ("http", "93.184.216.34", 8080, "/x"),
    "http://[2606:2800:220:1::1]/x": ("http", "2606:2800:220:1::1", 80, "/x"),
    "http://[2606:2800:0220:0001:0:0:0:1]:8443/x": ("http", "2606:2800:220:1::1", 8443, "/x"),
}


@pytest.mark.parametrize(("url", "read"), READ.items())
def test_a_url_is_parsed(url: str, read: tuple[str, str, int, str]) -> None:
    target = check_url(url)
    assert (target.scheme, target.host, target.port, target.path) == read


@pytest.mark.parametrize("url", READ)
def test_the_url_of_a_target_is_parsed_as_the_same_target(url: str) -> None:
    target = check_url(url)
    assert check_url(target.url) == target


def test_only_a_literal_address_is_an_address() -> None:
    assert check_url("http://127.0.0.1:8000/").address is not None
    assert check_url("http://[::1]:8000/").address is not None
    assert check_url("http://localhost:8000/").address is None
