import pytest

from wire.target import TargetError, check_url

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

REFUSED = [
    "",
    "example.com/a.jpg",
    "//example.com/a.jpg",
    "/etc/passwd",
    "ftp://example.com/a",
    "file:///etc/passwd",
    "gopher://example.com/",
    "data:image/png;base64,AAAA",
    "javascript:alert(1)",
    "http:/example.com",
    "http:example.com",
    "http:///a.jpg",
    "http://",
    "http://?a",
    "http://user@example.com/",
    "http://user:secret@example.com/",
    "http://example.com@127.0.0.1/",
    "http://127.0.0.1\\@example.com/",
    "http://example.com\\@127.0.0.1/",
    "http://example.com\\a",
    " http://example.com/",
    "http://example.com/ ",
    "http://example.com/a b",
    "http://exa mple.com/",
    "http://example.com/\ta",
    "http://example.com/\r\nHost: other",
    "http://example.com/\x00",
    "http://example.com/\x7f",
    "http://example.com/\u2028a",
    "http://example.com/\ud800",
    "http://ex%61mple.com/",
    "http://%31%32%37.0.0.1/",
    "http://exa<mple.com/",
    "http://-example.com/",
    "http://example-.com/",
    "http://example..com/",
    "http://.example.com/",
    "http://" + "a" * 64 + ".example/",
    "http://" + "a." * 127 + "example/",
    "http://example.com/" + "a" * 2048,
    "http://example.com:0/",
    "http://example.com:65536/",
    "http://example.com:99999999999/",
    "http://example.com:-80/",
    "http://example.com:80:80/",
    "http://example.com:8o/",
    "http://example.com:٨٠/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://127.0.0.01/",
    "http://127.0.0.1./",
    "http://127.0.0.256/",
    "http://1.2.3.4.5/",
    "http://0x/",
    "http://１２７.0.0.1/",
    "http://127。0。0。1/",
    "http://①②⑦.0.0.1/",
    "http://[::1/",
    "http://::1/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[1:2:3]/",
    "http://[v1.x]/",
    "http://[127.0.0.1]/",
    "http://[::1]x/",
]


@pytest.mark.parametrize(("url", "read"), READ.items())
def test_a_plain_url_is_read_one_way(url: str, read: tuple[str, str, int, str]) -> None:
    target = check_url(url)
    assert (target.scheme, target.host, target.port, target.path) == read


@pytest.mark.parametrize("url", REFUSED)
def test_whatever_readers_could_disagree_about_is_refused(url: str) -> None:
    with pytest.raises(TargetError) as refused:
        check_url(url)
    assert refused.value.code == "invalid_url"
    assert not url or url not in refused.value.detail


@pytest.mark.parametrize("url", READ)
def test_a_target_s_url_reads_as_the_same_target(url: str) -> None:
    target = check_url(url)
    assert check_url(target.url) == target


def test_only_a_literal_address_is_an_address() -> None:
    assert check_url("http://127.0.0.1:8000/").address is not None
    assert check_url("http://[::1]:8000/").address is not None
    assert check_url("http://localhost:8000/").address is None
