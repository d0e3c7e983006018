"""Pushes: kept before they are answered, told nothing by a wrong secret, refused in the marketplace's own shape."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from erp_kit import NEXT_SECRET, SECRET, Gateway, accounts

from marketsync.gateway.pushes import MOST_BYTES
from marketsync.orders.keys import Scope
from marketsync.paths import INCLUDE, PROJECT

pytestmark = pytest.mark.enable_socket  # the test client's event loop has a pair of its own

NEW = {
    "message_type": "TYPE_NEW_POSTING",
    "posting_number": "24219509-0020-1",
    "products": [{"sku": 1001, "offer_id": "A-1", "quantity": 2}],
    "in_process_at": "2026-11-24T08:00:00Z",
    "warehouse_id": 1020000000001,
    "seller_id": 1001,
}


def push(gateway: Gateway, body: Any = NEW, *, account: str = "ozon", secret: str = SECRET, path: str = "",
         **headers: str) -> Any:  # fmt: skip
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return gateway.client.post(f"/push/{account}/{secret}{path}", content=content, headers=headers)


def error_of(answer: Any) -> tuple[int, str]:
    body = answer.json()
    assert body.keys() == {"error"}
    assert body["error"].keys() == {"code", "message", "details"}
    return answer.status_code, body["error"]["code"]


def kept(gateway: Gateway) -> int:
    return len(gateway.run("select 1 from posting_event"))


@pytest.mark.parametrize("path", ["", "/notification"])
def test_a_push_is_kept_and_answered_as_often_as_it_comes(gateway: Gateway, path: str) -> None:
    answers = [push(gateway, path=path) for _ in range(3)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"result": True})] * 3
    assert kept(gateway) == 1
    assert gateway.run("select number from posting") == [{"number": NEW["posting_number"]}]


def test_a_ping_is_told_who_we_are_and_what_time_it_is(gateway: Gateway) -> None:
    answer = push(gateway, {"message_type": "TYPE_PING", "time": "2026-11-24T09:00:00Z"})
    assert answer.status_code == 200
    assert answer.json().keys() == {"version", "name", "time"}
    assert answer.headers["content-type"] == "application/json"


def test_both_secrets_are_good_and_whoever_has_none_learns_nothing(gateway: Gateway) -> None:
    assert push(gateway, secret=NEXT_SECRET).status_code == 200
    wrong, unknown = push(gateway, secret="another-secret-here"), push(gateway, account="nobody")
    quiet = push(Gateway(gateway.database, gateway.files, settings=without_orders()))
    assert (wrong.status_code, wrong.content) == (404, unknown.content)
    assert (unknown.status_code, quiet.content) == (404, unknown.content)


def without_orders() -> Any:
    both = accounts().model_dump()
    return type(accounts()).model_validate(
        {**both, "accounts": [{**one, "orders": None} for one in both["accounts"]]}
    )


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"message_type": "TYPE_NEW_POSTING", "seller_id": 1001}, 400, "ERROR_PARAMETER_VALUE_MISSED"),
        ({}, 400, "ERROR_PARAMETER_VALUE_MISSED"),
        ([NEW], 400, "ERROR_UNKNOWN"),
        (b"not json", 400, "ERROR_UNKNOWN"),
        (b"", 400, "ERROR_UNKNOWN"),
        (b'{"message_type": "TYPE_PING", "time": NaN}', 400, "ERROR_UNKNOWN"),
        (b'{"message_type": "a\\u0000b"}', 400, "ERROR_UNKNOWN"),
        (b'{"message_type": "\\ud800"}', 400, "ERROR_UNKNOWN"),
        (b"[" * 40_000, 400, "ERROR_UNKNOWN"),
        (b'{"a":' * 10_000, 400, "ERROR_UNKNOWN"),
        (b" " * (MOST_BYTES + 1), 413, "ERROR_UNKNOWN"),
        ({**NEW, "seller_id": 2002}, 403, "ERROR_UNKNOWN"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_in_the_marketplace_s_shape(
    gateway: Gateway, body: Any, status: int, code: str
) -> None:
    assert error_of(push(gateway, body)) == (status, code)
    assert kept(gateway) == 0


def test_what_nobody_knows_is_kept_and_taken(gateway: Gateway) -> None:
    assert push(gateway, {"message_type": "TYPE_OF_TOMORROW", "seller_id": 1001}).json() == {"result": True}
    assert kept(gateway) == 1


@pytest.mark.parametrize(
    ("address", "forwarded", "status"),
    [
        ("195.34.21.9", "", 200),
        ("192.0.2.7", "", 403),
        ("192.0.2.7", "195.34.21.9", 403),  # a stranger may write what he likes
        ("10.0.0.5", "195.34.21.9", 200),
        ("10.0.0.5", "195.34.21.9, 192.0.2.7", 403),
        ("10.0.0.5", "192.0.2.7, 195.34.21.9, 10.0.0.6", 200),
        ("10.0.0.5", "", 403),
        ("10.0.0.5", "nonsense", 403),
    ],
)
def test_only_the_ranges_that_are_named_may_push(
    gateway: Gateway, address: str, forwarded: str, status: int
) -> None:
    settings = accounts(push_networks=("195.34.21.0/24",)).model_dump()
    proxied = type(accounts()).model_validate({**settings, "gateway": {"proxies": ["10.0.0.0/8"]}})
    there = Gateway(gateway.database, gateway.files, settings=proxied, client_address=address)
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert push(there, **headers).status_code == status


def test_without_a_database_nothing_is_said_to_be_taken(gateway: Gateway) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"postgresql://nobody@127.0.0.1:{probe.getsockname()[1]}/none"
    alone = Gateway(gateway.database, gateway.files, url=nobody)
    answer = push(alone)
    assert error_of(answer) == (503, "ERROR_UNKNOWN")
    assert "retry-after" in answer.headers
    assert error_of(push(alone)) == (503, "ERROR_UNKNOWN")
    erp = alone.client.get("/erp/v1/orders/pack", auth=("1c", "x"))
    assert (erp.status_code, erp.json()["code"]) == (503, "unavailable")
    assert alone.client.get("/healthz").status_code == 200
    assert alone.client.get("/readyz").status_code == 503
    assert "marketsync_database_up 0.0" in metrics_of(alone)


def metrics_of(gateway: Gateway) -> str:
    local = Gateway(gateway.database, gateway.files, url=gateway.url, client_address="127.0.0.1")
    answer = local.client.get("/metrics")
    assert answer.status_code == 200
    return str(answer.text)


def test_metrics_count_by_template_and_are_not_for_everybody(gateway: Gateway) -> None:
    gateway.order("1-1")
    key = gateway.key("monitor", Scope.METRICS)
    push(gateway)
    push(gateway, secret="a-wrong-secret-of-length")
    gateway.client.get(f"/push/ozon/{SECRET}")
    gateway.client.request("BREW", f"/push/{SECRET}")
    assert gateway.client.get("/metrics").status_code == 401
    assert gateway.client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    text = gateway.client.get("/metrics", headers={"Authorization": f"Bearer {key}"}).text
    assert (
        'marketsync_gateway_requests_total{method="POST",route="/push/{account}/{secret}",status="200"} 1.0'
        in text
    )
    assert 'marketsync_orders_open{account="ozon",status="to_assemble"} 1.0' in text
    assert 'marketsync_erp_orders_due{consumer="erp"} 2.0' in text
    assert "secret-of" not in text
    proxied = Gateway(gateway.database, gateway.files, client_address="127.0.0.1").client
    assert proxied.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 401


def test_ready_is_who_has_a_migrated_database(gateway: Gateway) -> None:
    assert gateway.client.get("/readyz").json() == {"status": "ok"}
    (last,) = gateway.run("delete from schema_version where name = '0020_erp' returning *")
    try:
        answer = gateway.client.get("/readyz")
        assert (answer.status_code, "0020_erp" in answer.json()["reason"]) == (503, True)
    finally:
        gateway.insert("schema_version", last, "name")


def test_the_secret_is_in_no_line_of_the_log_of_a_real_server(gateway: Gateway, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = tmp_path / "accounts.yaml"
    settings.write_text(
        "version: 1\naccounts:\n  - {id: ozon, marketplace: ozon, connection: ozon, mapping: ozon, mark: {}, "
        "warehouses: [], orders: {}}\n",
        encoding="utf-8",
    )
    connection = {"conn_type": "http", "login": "1001", "password": "x", "extra": {"push_secrets": [SECRET]}}
    log = tmp_path / "gateway.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "marketsync.gateway.app:app", "--port", str(port)],
            cwd=PROJECT,
            stdout=output,
            stderr=output,
            env={
                "PATH": "/usr/bin:/bin",
                "PYTHONPATH": str(INCLUDE),
                "MARKETSYNC_ACCOUNTS": str(settings),
                "MARKETSYNC_VAR": str(tmp_path),
                "MARKETSYNC_DATABASE_URL": gateway.database.url,
                "AIRFLOW_CONN_OZON": json.dumps(connection),
            },
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _until_it_answers(process, url)
        assert _status(f"{url}/push/ozon/{SECRET}", json.dumps(NEW).encode()) == 200
        for path in (
            f"/push/ozon/{SECRET}x",
            f"/push/ozon/{SECRET}/more",
            f"//push/ozon/{SECRET}",
            f"/PUSH/ozon/{SECRET}",
        ):
            assert _status(f"{url}{path}", b"{}") == 404
        assert _status(f"{url}/push/ozon/{SECRET}", b"{") == 400
        assert _status(f"{url}/metrics", None) == 200
    finally:
        process.terminate()
        process.wait(15)
    text = log.read_text(encoding="utf-8")
    assert "Application startup complete" in text
    assert SECRET not in text


def _until_it_answers(process: subprocess.Popen[bytes], url: str) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        assert process.poll() is None
        try:
            if _status(f"{url}/healthz", None) == 200:
                return
        except urllib.error.URLError:
            time.sleep(0.05)
    raise AssertionError("the gateway does not answer")


def _status(url: str, body: bytes | None) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=20) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_the_access_log_of_the_server_is_off() -> None:
    """In a process of its own: whoever starts a server in this one sets its loggers up anew."""
    told = "import logging, marketsync.gateway.app; print(logging.getLogger('uvicorn.access').disabled)"
    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True, env=_paths()
    )
    assert done.stdout.strip() == "True"


def _paths() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(INCLUDE)}
