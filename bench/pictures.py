"""How many pictures are looked at in a second, with 16 connections to the sandbox's image host: cold and warm.

    python -m bench.pictures [--pictures 2000] [--connections 16] [--side 1500]

Cold: links that were never asked for, loaded whole, decoded, and their verdicts written. Warm: the same links once
their verdicts have grown old, asked for by their tag. Large: real photographs' size, made once and served as files,
where decoding and not the network is what takes the time.
"""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from marketsync.accounts import Account, PictureChecks
from marketsync.clock import SYSTEM
from marketsync.db import Database, embedded
from marketsync.db.migrations import migrate
from marketsync.marketplaces.ozon.limits import PICTURE_RULES
from marketsync.paths import PROJECT
from marketsync.pictures.check import Due, check, look
from marketsync.pictures.fetch import LinkFetcher

RESULTS = PROJECT / "bench" / "results" / "pictures.json"
LEAST_A_SECOND = 50.0
_PER_GOOD = 4
_LARGE = 400
_START_SECONDS = 30.0


def main() -> int:
    """Print the table, write the JSON; exit code 1 where the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=2000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--side", type=int, default=1500, help="pixels of a large picture")
    options = parser.parse_args()
    settings = PictureChecks(connections=options.connections, minutes=10)
    folder = Path(tempfile.mkdtemp(prefix="marketsync-bench-", dir="/var/tmp"))
    try:
        database = Database(embedded.start(folder / "postgres"))
        with _sandbox() as site:
            result = _measure(database, site, options.pictures, settings)
        database.close()
    finally:
        embedded.stop(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)
    with _photographs(options.side) as (site, size):
        result |= _large(site, size, settings)
    slowest = min(result[name] for name in ("cold_per_second", "warm_per_second", "large_per_second"))
    result["target_per_second"] = LEAST_A_SECOND
    result["met"] = slowest >= LEAST_A_SECOND
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=2), encoding="utf-8")
    for name, value in result.items():
        print(f"{name:<28} {value}")
    return 0 if result["met"] else 1


def _measure(database: Database, site: str, pictures: int, settings: PictureChecks) -> dict[str, Any]:
    migrate(database)
    _offers(database, pictures // _PER_GOOD)
    account = Account.model_validate(
        {
            "id": "ozon", "marketplace": "ozon", "connection": "ozon", "mapping": "ozon", "mark": {},
            "pictures": f"{site}/images", "warehouses": [],
        }
    )  # fmt: skip
    result: dict[str, Any] = {"connections": settings.connections, "pictures": pictures}
    for name in ("cold", "warm"):
        began = time.perf_counter()
        checked = check(database, SYSTEM, account, PICTURE_RULES, "Ozon", settings)
        seconds = time.perf_counter() - began
        assert (checked.links, checked.bad) == (pictures, 0), checked
        result |= {f"{name}_seconds": round(seconds, 2), f"{name}_per_second": round(pictures / seconds, 1)}
        with database.transaction() as connection:
            connection.execute("update picture_link set again_at = checked_at")
    return result


def _offers(database: Database, goods: int) -> None:
    with database.transaction() as connection:
        connection.execute(
            "insert into exchange (source, location, state, delivered_at) values ('1c', 'x', 'imported', now())"
        )
        connection.execute(
            "insert into product (guid, good_guid, article, name, pictures, content_hash, exchange_id, changed_at) "
            "select 'g' || n, 'g' || n, 'A-' || n, 'x', "
            "array(select 'bench/' || n || '_' || p || '.jpg' from generate_series(1, %s) as p), 'x', 1, now() "
            "from generate_series(1, %s) as n",
            (_PER_GOOD, goods),
        )
        connection.execute(
            "insert into offer (account, product_id, article) select 'ozon', product_id, article from product"
        )


def _large(site: str, size: int, settings: PictureChecks) -> dict[str, Any]:
    fetcher = LinkFetcher(site, private=False, connections=settings.connections, seconds=settings.seconds)
    began = time.perf_counter()
    verdicts = [
        verdict
        for found in look([Due(f"{site}/{n}.jpg") for n in range(_LARGE)], fetcher, SYSTEM, settings)
        for verdict in found
    ]
    seconds = time.perf_counter() - began
    fetcher.close()
    assert [verdict.code for verdict in verdicts] == [None] * _LARGE
    return {
        "large_kilobytes": round(size / 1000),
        "large_seconds": round(seconds, 2),
        "large_per_second": round(_LARGE / seconds, 1),
    }


@contextmanager
def _sandbox() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--time-scale", "0"]
    with subprocess.Popen(command, cwd=PROJECT) as process:
        url = f"http://127.0.0.1:{port}"
        ends = time.monotonic() + _START_SECONDS
        try:
            while True:
                try:
                    urllib.request.urlopen(f"{url}/_sandbox/health", timeout=1).close()  # noqa: S310
                    break
                except urllib.error.URLError:
                    assert process.poll() is None, "the sandbox has ended"
                    assert time.monotonic() < ends, "the sandbox does not answer"
                    time.sleep(0.05)
            yield url
        finally:
            process.terminate()


@contextmanager
def _photographs(side: int) -> Iterator[tuple[str, int]]:
    """A host that gives the same large JPEG, with the noise of a photograph, under every name."""
    target = BytesIO()
    noise = Image.effect_noise((side, side), 40)
    Image.merge("RGB", (noise, noise.rotate(90), noise.rotate(180))).save(target, "JPEG", quality=80)
    content = target.getvalue()

    class Page(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", len(content)
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    sys.exit(main())
