"""Pushes through a real gateway process on one core: how long each takes, and what is kept of them.

    python -m bench.gateway_pushes [--rate 50] [--seconds 20]

Pushes come at their own times, whether or not the ones before are answered (an open loop: a gateway that is behind
is seen to be). The gateway is held to one core by its affinity; Postgres and the sender share the others.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psutil

from bench.setting import own_database, publish
from marketsync.db import Database
from marketsync.paths import INCLUDE, PROJECT

_IDLE_SECONDS = 2.0  # the server closes a connection after 5
TARGET_RATE = 50.0  # a second
TARGET_P99 = 0.150  # seconds
_SECRET = "bench-secret-of-some-length"  # noqa: S105 - of this measurement's own gateway
_ACCOUNTS = (
    "version: 1\naccounts:\n  - {id: ozon, marketplace: ozon, connection: ozon, mapping: ozon, mark: {}, "
    "warehouses: [], orders: {most_new_per_minute: 100000}}\n"
)


def main() -> int:
    """Print the table, write the JSON; exit code 1 where the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=TARGET_RATE)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    with own_database() as database, tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        process = _gateway(database, Path(folder), port)
        try:
            _until_ready(process, port)
            asyncio.run(_paced(port, 20.0, 3.0, "warm"))
            busy = _busy(process)
            paced = asyncio.run(_paced(port, options.rate, options.seconds, "paced"))
            busy = _busy(process) - busy
            rate = asyncio.run(_flat_out(port, 5.0))
        finally:
            process.terminate()
            process.wait(20)
        kept = _kept(database)
    taken = [seconds for status, seconds in paced if status == 200]
    p99 = statistics.quantiles(taken, n=100)[-1]
    everything = len(paced) == len(taken)
    return publish(
        "gateway_pushes",
        {
            "pushes a second": options.rate,
            "sent": len(paced),
            "answered 200": len(taken),
            "p50, ms": round(statistics.median(taken) * 1000, 1),
            "p95, ms": round(statistics.quantiles(taken, n=20)[-1] * 1000, 1),
            "p99, ms": round(p99 * 1000, 1),
            "slowest, ms": round(max(taken) * 1000, 1),
            "orders kept of these": kept,
            "CPU of the gateway a push, ms": round(busy / len(paced) * 1000, 2),
            "flat out, pushes a second": round(rate, 1),
            "met": everything and kept == len(paced) and p99 <= TARGET_P99 and options.rate >= TARGET_RATE,
        },
    )


def _busy(process: subprocess.Popen[bytes]) -> float:
    """Seconds of a core that a process has used so far."""
    used = psutil.Process(process.pid).cpu_times()
    return float(used.user + used.system)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _gateway(database: Database, folder: Path, port: int) -> subprocess.Popen[bytes]:
    settings = folder / "accounts.yaml"
    settings.write_text(_ACCOUNTS, encoding="utf-8")
    connection = {"conn_type": "http", "login": "1001", "extra": {"push_secrets": [_SECRET]}}
    core = max(os.sched_getaffinity(0))
    return subprocess.Popen(
        [
            sys.executable, "-m", "uvicorn", "marketsync.gateway.app:app", "--port", str(port),
            "--log-level", "error", "--no-proxy-headers",
        ],
        cwd=PROJECT,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        env={
            **os.environ,
            "PYTHONPATH": str(INCLUDE),
            "MARKETSYNC_ACCOUNTS": str(settings),
            "MARKETSYNC_VAR": str(folder),
            "MARKETSYNC_DATABASE_URL": database.url,
            "AIRFLOW_CONN_OZON": json.dumps(connection),
        },
    )  # fmt: skip


def _until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    ends = time.monotonic() + 120
    while time.monotonic() < ends and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise SystemExit("the gateway does not answer")


def _body(run: str, number: int) -> bytes:
    return json.dumps(
        {
            "message_type": "TYPE_NEW_POSTING",
            "posting_number": f"{run}-{number:06d}-1",
            "products": [{"sku": 1000 + number % 50, "offer_id": f"A-{number % 50}", "quantity": 1}],
            "in_process_at": "2026-11-24T08:00:00Z",
            "warehouse_id": 1020000000001,
            "seller_id": 1001,
        }
    ).encode()


class _Sender:
    """Sends over connections that stay open, as many as are needed at once."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def send(self, body: bytes) -> tuple[int, float]:
        began = time.perf_counter()
        reader, writer = await self._connected(began)
        head = (
            f"POST /push/ozon/{_SECRET} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.partition(b":")[2])
            for line in answer.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        )
        await reader.readexactly(length)
        self._idle.append((time.perf_counter(), reader, writer))
        return int(answer.split(b" ", 2)[1]), time.perf_counter() - began

    async def _connected(self, now: float) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._idle:
            since, reader, writer = self._idle.pop()
            if now - since < _IDLE_SECONDS:
                return reader, writer
            writer.close()
        return await asyncio.open_connection("127.0.0.1", self._port)


async def _paced(port: int, rate: float, seconds: float, run: str) -> list[tuple[int, float]]:
    sender = _Sender(port)
    began = time.perf_counter()
    sent: list[asyncio.Task[tuple[int, float]]] = []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        sent.append(asyncio.create_task(sender.send(_body(run, number))))
    return list(await asyncio.gather(*sent))


async def _flat_out(port: int, seconds: float) -> float:
    """Answers a second, eight senders who wait for nothing."""
    ends = time.perf_counter() + seconds
    done = 0

    async def one(name: int) -> None:
        nonlocal done
        sender = _Sender(port)
        number = 0
        while time.perf_counter() < ends:
            number += 1
            status, _ = await sender.send(_body(f"flat{name}", number))
            done += status == 200

    await asyncio.gather(*(one(name) for name in range(8)))
    return done / seconds


def _kept(database: Database) -> int:
    with database.transaction() as connection:
        row: Any = connection.execute(
            "select count(*)::int as kept from posting where number like 'paced-%'"
        ).fetchone()
    return int(row["kept"])


if __name__ == "__main__":
    sys.exit(main())
