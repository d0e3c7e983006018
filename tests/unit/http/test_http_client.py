"""What the client sends, how it reads every kind of answer, what it writes down and what it never does."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
import tomllib
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from requests.adapters import BaseAdapter

from marketsync.errors import Fatal, RateLimited, Retriable, Uncertain
from marketsync.http.answers import RequestRefused
from marketsync.http.client import USER_AGENT
from marketsync.http.protocols import Limit
from marketsync.paths import PROJECT
from tests.unit.http.far_side import KEY, Bench, FarSide, half, reply, reset, silence

OK = reply(200, {"result": True})
STOCKS = Limit("bazaar/1001/stocks", 80, 60.0)


def test_sends_json_with_the_headers_given_and_returns_the_object(bench: Bench, far_side: FarSide) -> None:
    far_side.answers(OK)

    assert bench.client().post("/v2/stocks", {"name": "Чай", "amount": "1990.00"}) == {"result": True}

    (seen,) = far_side.seen
    assert seen.path == "/v2/stocks"
    assert json.loads(seen.body) == {"name": "Чай", "amount": "1990.00"}
    assert seen.headers["api-key"] == KEY
    assert seen.headers["client-id"] == "1001"
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["user-agent"] == USER_AGENT


def test_the_user_agent_has_the_projects_version() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert f"{project['name']}/{project['version']}" == USER_AGENT


def test_keeps_the_path_of_the_address(bench: Bench, far_side: FarSide) -> None:
    far_side.answers(OK)

    bench.client(f"{far_side.url}/bazaar/").post("/v2/stocks", {})

    assert far_side.seen[0].path == "/bazaar/v2/stocks"


# ------------------------------------------------------------------ answers


@pytest.mark.parametrize(
    ("status", "body", "kind", "attempts"),
    [
        (400, {"code": 3, "message": "value must be greater than 0"}, RequestRefused, 1),
        (409, {"code": "CONFLICT", "message": "busy"}, RequestRefused, 1),
        (413, "<html><h1>413 Request Entity Too Large</h1></html>", RequestRefused, 1),
        (422, {"code": 3, "message": "no"}, RequestRefused, 1),
        (401, {"code": 16, "message": "headers are required"}, Fatal, 1),
        (403, {"code": 7, "message": "Invalid Api-Key"}, Fatal, 1),
        (403, "<html>blocked</html>", Fatal, 1),
        (404, "404 page not found", Fatal, 1),
        (404, {"code": 5, "message": "posting not found"}, RequestRefused, 1),
        (405, "", Fatal, 1),
        (307, "", Fatal, 1),
        (408, "", Retriable, 4),
        (420, "", RateLimited, 4),
        (429, {"code": 8, "message": "limit per second"}, RateLimited, 4),
        (500, {"code": 13, "message": "Internal error"}, Retriable, 4),
        (502, "<html><h1>502 Bad Gateway</h1></html>", Retriable, 4),
        (503, "", Retriable, 4),
        (504, "upstream", Retriable, 4),
        (400, {"code": 9, "message": "This account is closed"}, Fatal, 1),
        (500, {"code": 9, "message": "Circuit is open"}, RateLimited, 1),
        (200, "<html>welcome</html>", Retriable, 4),
        (200, '{"result": [', Retriable, 4),
        (200, [1, 2], Retriable, 4),
        (200, "", Retriable, 4),
        (200, "[" * 100_000, Retriable, 4),
    ],
)
def test_each_status_of_a_read(
    bench: Bench, far_side: FarSide, status: int, body: Any, kind: type[Exception], attempts: int
) -> None:
    far_side.answers(reply(status, body))

    with pytest.raises(kind) as raised:
        bench.client().post("/v3/list", {})

    assert type(raised.value) is kind
    assert len(far_side.seen) == attempts
    assert [call.status for call in bench.log.calls] == [status] * attempts
    assert [call.attempt for call in bench.log.calls] == list(range(1, attempts + 1))
    assert "bazaar_main" in str(raised.value)
    assert "POST /v3/list" in str(raised.value)


@pytest.mark.parametrize(
    "action",
    [
        reply(500, {"code": 13, "message": "Internal error"}),
        reply(502, "<html>Bad Gateway</html>"),
        reply(200, "<html>welcome</html>"),
        reply(200, '{"result": ['),
        half,
        reset,
        silence,
    ],
)
@pytest.mark.parametrize(("repeatable", "attempts"), [(True, 4), (False, 1)])
def test_a_write_whose_effect_is_unknown(
    bench: Bench, far_side: FarSide, action: Any, repeatable: bool, attempts: int
) -> None:
    far_side.answers(action)

    with pytest.raises(Uncertain):
        bench.client().post("/v2/stocks", {}, write=True, repeatable=repeatable)

    assert len(far_side.seen) == attempts
    assert {call.outcome for call in bench.log.calls} == {"uncertain"}


@pytest.mark.parametrize("action", [half, reset, silence])
def test_a_read_without_an_answer_is_simply_repeated(bench: Bench, far_side: FarSide, action: Any) -> None:
    far_side.answers(action, OK)

    assert bench.client().post("/v3/list", {}, repeatable=False) == {"result": True}

    assert [call.outcome for call in bench.log.calls] == ["retriable", "ok"]
    assert len(bench.clock.slept) == 1


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"code": 3, "message": "no"}, RequestRefused),
        (403, "", Fatal),
        (408, "", Retriable),
        (429, "", RateLimited),
        (503, {"code": 14, "message": "circuit is open"}, RateLimited),
    ],
)
def test_a_write_that_certainly_had_no_effect(
    bench: Bench, far_side: FarSide, status: int, body: Any, kind: type[Exception]
) -> None:
    far_side.answers(reply(status, body))

    with pytest.raises(kind) as raised:
        bench.client().post("/v2/stocks", {}, write=True, repeatable=False)

    assert type(raised.value) is kind


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_refused_connection_had_no_effect_and_is_repeated(bench: Bench) -> None:
    client = bench.client(f"http://127.0.0.1:{_free_port()}")

    with pytest.raises(Retriable) as raised:
        client.post("/v2/stocks", {}, write=True, repeatable=False)

    assert type(raised.value) is Retriable
    assert [call.status for call in bench.log.calls] == [None] * 4


class _Raises(BaseAdapter):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        raise self.error

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    "error", [requests.exceptions.ConnectTimeout("no route"), requests.exceptions.ProxyError("proxy is down")]
)
def test_what_never_reached_the_far_side_had_no_effect(bench: Bench, error: Exception) -> None:
    client = bench.client()
    client._session.mount("http://", _Raises(error))

    with pytest.raises(Retriable) as raised:
        client.post("/v2/stocks", {}, write=True, repeatable=False)

    assert type(raised.value) is Retriable


def test_a_refusal_carries_the_marketplaces_words(bench: Bench, far_side: FarSide) -> None:
    far_side.answers(reply(400, {"code": 3, "message": "Stocks[0]: value must be greater than 0"}))

    with pytest.raises(RequestRefused) as raised:
        bench.client().post("/v2/stocks", {}, write=True)

    assert raised.value.status == 400
    assert raised.value.code == "3"
    assert raised.value.text == "Stocks[0]: value must be greater than 0"
    assert "Bazaar refuses the request: 400 3 Stocks[0]" in str(raised.value)


def test_a_denied_key_says_what_to_check(bench: Bench, far_side: FarSide) -> None:
    far_side.answers(reply(403, {"code": 7, "message": "Api-Key is deactivated"}))

    with pytest.raises(Fatal, match="Api-Key is deactivated.*Check the key"):
        bench.client().post("/v2/stocks", {})


def test_a_redirect_is_not_followed_with_the_key(bench: Bench, far_side: FarSide) -> None:
    far_side.answers(reply(302, "", {"Location": "http://elsewhere.example/v2"}))

    with pytest.raises(Fatal, match="elsewhere"):
        bench.client().post("/v2/stocks", {})

    assert len(far_side.seen) == 1


# ------------------------------------------------------------------ pauses and budgets


@pytest.mark.parametrize(
    ("headers", "delay"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({}, 5.0),
        ({"Retry-After": "soon"}, 5.0),
        ({"Retry-After": "-3"}, 5.0),
        ({"Retry-After": "nan"}, 5.0),
    ],
)
def test_a_short_pause_is_slept_and_told_to_everybody(
    bench: Bench, far_side: FarSide, headers: dict[str, str], delay: float
) -> None:
    far_side.answers(reply(429, {"code": 8, "message": "slow"}, headers), OK)

    assert bench.client().post("/v2/stocks", {}, limits=[STOCKS]) == {"result": True}

    assert bench.clock.slept == [delay]
    assert bench.limiter.blocked == [(STOCKS.key, delay)]
    assert bench.limiter.taken == [["bazaar/1001", STOCKS.key]] * 2  # a repetition spends again
    assert [call.outcome for call in bench.log.calls] == ["rate_limited", "ok"]


@pytest.mark.parametrize(
    ("headers", "delay"),
    [
        ({"Retry-After": "11"}, 11.0),
        ({"Item-Retry-After": "2"}, 120.0),  # minutes
        ({"Retry-After": "1", "Item-Retry-After": "2"}, 120.0),
        ({"Retry-After": "1e12"}, 86_400.0),
    ],
)
def test_a_long_pause_is_not_slept(
    bench: Bench, far_side: FarSide, headers: dict[str, str], delay: float
) -> None:
    far_side.answers(reply(429, {"code": "RESOURCE_EXHAUSTED", "message": "items"}, headers))

    with pytest.raises(RateLimited) as raised:
        bench.client().post("/v2/stocks", {}, limits=[STOCKS])

    assert raised.value.delay == delay
    assert bench.clock.slept == []
    assert bench.limiter.blocked == [(STOCKS.key, delay)]


def test_a_long_pause_of_one_method_does_not_stop_the_account(bench: Bench, far_side: FarSide) -> None:
    far_side.answers(reply(500, {"code": 14, "message": "Circuit is open"}))

    with pytest.raises(RateLimited) as raised:
        bench.client().post("/v3/list", {})

    assert raised.value.delay == 180.0
    assert bench.limiter.blocked == []


def test_a_short_pause_without_a_method_limit_stops_the_account(bench: Bench, far_side: FarSide) -> None:
    far_side.answers(reply(429, "", {"Retry-After": "1"}), OK)

    bench.client().post("/v3/list", {})

    assert bench.limiter.blocked == [("bazaar/1001", 1.0)]


def test_a_budget_that_somebody_else_emptied_is_left_alone_for_a_moment(
    bench: Bench, far_side: FarSide
) -> None:
    far_side.answers(
        reply(200, {}, {"Ratelimit-Remaining": "1"}), reply(200, {}, {"Ratelimit-Remaining": "0"})
    )
    client = bench.client()

    client.post("/v2/stocks", {}, limits=[STOCKS])
    assert bench.limiter.blocked == []
    client.post("/v2/stocks", {}, limits=[STOCKS])
    assert bench.limiter.blocked == [(STOCKS.key, 0.75)]


def test_without_a_budget_nothing_is_sent(bench: Bench, far_side: FarSide) -> None:
    far_side.answers(OK)
    bench.limiter.error = RateLimited("no room", delay=42.0)

    with pytest.raises(RateLimited):
        bench.client().post("/v2/stocks", {})

    assert far_side.seen == []
    assert bench.log.calls == []


# ------------------------------------------------------------------ the log


def test_a_read_leaves_sizes_and_a_hash(bench: Bench, far_side: FarSide) -> None:
    far_side.answers(reply(200, {"items": [1, 2, 3]}, {"X-Trace": "t-1"}))

    bench.client().post("/v3/list", {"limit": 3}, items=3)

    (call,) = bench.log.calls
    body = far_side.seen[0].body
    assert (call.account, call.method, call.status, call.outcome) == (
        "bazaar_main",
        "POST /v3/list",
        200,
        "ok",
    )
    assert (call.items, call.submission, call.trace_id, call.attempt) == (3, None, "t-1", 1)
    assert call.at == bench.clock.now()
    assert call.request_hash == hashlib.sha256(body).digest()
    assert (call.request_bytes, call.response_bytes) == (len(body), len('{"items": [1, 2, 3]}'))
    assert call.request_body is None
    assert call.response_body is None
    assert call.error is None


def test_a_write_leaves_both_bodies(bench: Bench, far_side: FarSide) -> None:
    far_side.answers(OK)

    bench.client().post("/v2/stocks", {"stock": 5}, write=True, items=1, submission=41)

    (call,) = bench.log.calls
    assert call.submission == 41
    assert json.loads(call.request_body or "") == {"stock": 5}
    assert json.loads(call.response_body or "") == {"result": True}


def test_an_error_leaves_both_bodies_and_its_text(bench: Bench, far_side: FarSide) -> None:
    far_side.answers(reply(400, {"code": 3, "message": "no"}))

    with pytest.raises(RequestRefused):
        bench.client().post("/v3/list", {"limit": 3})

    (call,) = bench.log.calls
    assert json.loads(call.request_body or "") == {"limit": 3}
    assert json.loads(call.response_body or "") == {"code": 3, "message": "no"}
    assert call.error == "Bazaar refuses the request: 400 3 no"


def test_neither_key_nor_buyer_is_written_down(bench: Bench, far_side: FarSide) -> None:
    """Even where the far side repeats the key, and in the error that people read."""
    buyer = {"name": "Анна Петрова", "phone": "+7 900 123-45-67"}
    far_side.answers(
        reply(
            400, {"code": 3, "message": f"Api-Key {KEY} may not", "customer": buyer}, {"X-Trace": f"t-{KEY}"}
        ),
        reply(502, f"<html>upstream said: {KEY} of anna@example.com</html>"),
        reply(200, f'{{"customer": {{"name": "Анна", "key": "{KEY[:9]}'),
    )
    client = bench.client()
    with pytest.raises(RequestRefused) as refused:
        client.post("/v2/stocks", {"comment": KEY, "addressee": buyer}, write=True)
    with pytest.raises(Uncertain) as broken:
        client.post("/v2/stocks", {}, write=True, repeatable=False)
    with pytest.raises(Uncertain) as torn:
        client.post("/v2/stocks", {}, write=True, repeatable=False)

    text = "\n".join([*map(repr, bench.log.calls), str(refused.value), str(broken.value), refused.value.text])
    for private in (KEY, "Анна", "123-45-67", "anna@example.com"):
        assert private not in text
    assert "may not" in text
    assert "Анна" not in str(torn.value)


def test_headers_are_never_logged(bench: Bench, far_side: FarSide) -> None:
    far_side.answers(
        reply(400, {"code": 3, "message": "no"}, {"Set-Cookie": "session=abcdef", "X-Inner": "node-77"})
    )

    with pytest.raises(RequestRefused):
        bench.client(headers={"Api-Key": KEY, "X-Partner": "partner-55"}).post("/v2/stocks", {}, write=True)

    logged = repr(bench.log.calls)
    for value in (KEY, "partner-55", "abcdef", "node-77", "Set-Cookie"):
        assert value not in logged


def test_a_silent_far_side_leaves_a_line(bench: Bench, far_side: FarSide) -> None:
    far_side.answers(silence)

    with pytest.raises(Uncertain, match="silent"):
        bench.client().post("/v2/stocks", {"stock": 5}, write=True, repeatable=False)

    (call,) = bench.log.calls
    assert (call.status, call.response_bytes, call.response_body) == (None, 0, None)
    assert call.request_body == '{"stock": 5}'


# ------------------------------------------------------------------ what the environment may not change


def test_a_netrc_does_not_replace_the_key(
    bench: Bench, far_side: FarSide, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    far_side.answers(OK)

    bench.client(headers={"Authorization": "Bearer token-77"}).post("/v2/stocks", {})

    assert far_side.seen[0].headers["authorization"] == "Bearer token-77"


def test_cookies_are_not_kept(bench: Bench, far_side: FarSide) -> None:
    far_side.answers(reply(200, {}, {"Set-Cookie": "lane=7"}))
    client = bench.client()

    client.post("/v2/stocks", {})
    client.post("/v2/stocks", {})

    assert "cookie" not in far_side.seen[1].headers


def test_a_proxy_is_used_but_not_for_this_machine(
    bench: Bench, far_side: FarSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = f"http://127.0.0.1:{_free_port()}"
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, proxy)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    far_side.answers(OK)

    assert bench.client().post("/v2/stocks", {}) == {"result": True}
    with pytest.raises(Retriable, match=r"[Pp]roxy"):  # nothing listens there
        bench.client("http://marketplace.invalid").post("/v2/stocks", {})


@pytest.mark.parametrize(
    "address",
    [
        "",
        "api.example.com",
        "ftp://api.example.com",
        "https://",
        "https://u:p@api.example.com",
        "https://h/?a=1",
    ],
)
def test_an_address_that_cannot_be_used(bench: Bench, address: str) -> None:
    with pytest.raises(Fatal, match=r"bazaar_main.*cannot be used.*https://host") as raised:
        bench.client(address or " ")

    assert "u:p" not in str(raised.value)


@pytest.mark.parametrize("value", ["", f"{KEY}\n", f" {KEY}", "ключ-ключ", f"{KEY}\x00"])
def test_a_key_that_cannot_be_sent_is_not_shown(bench: Bench, value: str) -> None:
    with pytest.raises(Fatal, match="Api-Key") as raised:
        bench.client(headers={"Api-Key": value})

    assert KEY not in str(raised.value)
    assert "ключ-ключ" not in str(raised.value)


def test_several_threads_share_a_client(bench: Bench, far_side: FarSide) -> None:
    far_side.answers(OK)
    client = bench.client(timeout=(5.0, 30.0))
    threads = [
        threading.Thread(target=lambda: [client.post("/v3/list", {}) for _ in range(5)]) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.close()

    assert [call.outcome for call in bench.log.calls] == ["ok"] * 30


# ------------------------------------------------------------------ TLS


def _certificate(folder: Path) -> Path:
    """A certificate of 127.0.0.1 that nobody has signed, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "far side")])
    began = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began - timedelta(days=3650))
        .not_valid_after(began + timedelta(days=3650))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "far_side.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return file


def test_a_certificate_must_be_trusted(
    bench: Bench, far_side: FarSide, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    file = _certificate(tmp_path)
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    far_side.socket = context.wrap_socket(far_side.socket, server_side=True)
    far_side.answers(OK)
    url = far_side.url.replace("http:", "https:")

    with pytest.raises(Fatal, match="certificate"):
        bench.client(url).post("/v2/stocks", {}, write=True)
    assert far_side.seen == []

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
    assert bench.client(url).post("/v2/stocks", {}) == {"result": True}
