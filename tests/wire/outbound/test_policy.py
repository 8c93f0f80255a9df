import pytest

from wire.outbound.policy import Policy, check_target
from wire.outbound.target import TargetError, check_url

ENDPOINTS = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
    "AWS_ENDPOINT_URL_REKOGNITION": "http://localhost:4567/",
    "AWS_ENDPOINT_URL_S3": "https://s3.example.com",
    "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9123",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9124/2021-04-23/credentials",
    "PUBLIC_URL": "http://127.0.0.1:8000",
    "AWS_ENDPOINT_URLS": "http://127.0.0.1:8001",
}


@pytest.mark.parametrize("url", ["http://localhost:8080/", "http://photos.localhost/", "http://127.0.0.1:8080/",
                                 "http://[::1]:8080/"])  # fmt: skip
def test_loopback_allows_the_names_and_addresses_of_this_machine(url: str) -> None:
    check_target(check_url(url), Policy(loopback=True))
    with pytest.raises(TargetError):
        check_target(check_url(url), Policy())


@pytest.mark.parametrize("url", ["http://10.0.0.7/", "http://[::ffff:7f00:1]/", "http://0.0.0.0:8080/",
                                 "http://metadata/", "http://printer.local/", "http://localhost:22/",
                                 "http://localhost.localdomain/"])  # fmt: skip
def test_loopback_allows_no_other_host(url: str) -> None:
    with pytest.raises(TargetError):
        check_target(check_url(url), Policy(loopback=True))


def test_the_ports_of_servers_in_the_environment_are_denied() -> None:
    policy = Policy.from_environment(ENDPOINTS | {"LOOPBACK": "true"})
    assert policy.denied_ports == {9001, 4566, 4567, 9123, 9124}
    assert policy.allows_port(8000)
    assert not any(map(policy.allows_port, policy.denied_ports))


@pytest.mark.parametrize(
    "port",
    [1433, 1521, 1883, 2181, 2375, 2376, 2379, 3306, 3389, 5432, 5672, 5900, 5984, 6379, 6443, 7474, 8086, 8500, 9042,
     9092, 9200, 9300, 10250, 11211, 27017, 27018, 27019],
)  # fmt: skip
def test_ports_of_databases_and_their_like_are_refused(port: int) -> None:
    assert not Policy().allows_port(port)
    with pytest.raises(TargetError) as error:
        check_target(check_url(f"https://example.com:{port}/"), Policy())
    assert error.value.code == "url_blocked"


@pytest.mark.parametrize("port", [3000, 4000, 5000, 8000, 8080, 8081, 8443, 8888, 9000, 9443])
def test_ports_that_web_servers_often_have_are_allowed(port: int) -> None:
    assert Policy().allows_port(port)


@pytest.mark.parametrize(("port", "allowed"), [(80, True), (443, True), (81, False), (1023, False), (1024, True),
                                               (5060, False), (8080, True), (9001, False), (65535, True)])  # fmt: skip
def test_ports_of_the_web_are_allowed(port: int, allowed: bool) -> None:
    assert Policy().allows_port(port) is allowed
