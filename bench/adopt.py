"""How long it takes to adopt a cabinet of hand-made cards, how much memory, and how many calls.

    python -m bench.adopt [--cards 6000]

A catalog with a fitting cabinet is generated, the cards are put into the sandbox, the catalog is imported, and `python
-m marketsync adopt` runs in a process of its own: its seconds and its peak memory count, with Python's start and the
workbook. The floor is what Ozon's page sizes (1000 rows or ids) and its 50 calls a second leave.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import requests

from demo.living import read_adoption, read_cards
from marketsync.clock import SYSTEM
from marketsync.db import Database, embedded
from marketsync.db.call_log import create_partitions
from marketsync.db.migrations import migrate
from marketsync.paths import INCLUDE, PROJECT

RESULTS = PROJECT / "bench" / "results" / "adopt.json"
MOST_SECONDS = 120.0
MOST_MEGABYTES = 300.0
CLIENT = "1001"
_PAGE = 1000  # rows or ids of a reading call
_CALLS_A_SECOND = 50
_STOCK_PAGES_EACH = 3  # the account's warehouses
_WRITING = ("import", "/v2/products/stocks", "update", "archive", "delete")


def main() -> int:
    """Print the table, write the JSON; exit code 1 where the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=6000)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="marketsync-bench-", dir="/var/tmp"))
    try:
        result = _measure(folder, embedded.start(folder / "postgres"), options.cards)
    finally:
        embedded.stop(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=2), encoding="utf-8")
    for name, value in result.items():
        print(f"{name:<28} {value}")
    return 0 if result["met"] else 1


def _measure(folder: Path, url: str, cards: int) -> dict[str, Any]:
    database = Database(url)
    migrate(database)
    create_partitions(database, SYSTEM.now().date())
    database.close()
    goods = ["--goods", str(cards * 5 // 3), "--hand-made", str(cards), "--no-pictures"]
    subprocess.run(
        [sys.executable, "-m", "sandbox.generator", str(folder), *goods],
        cwd=PROJECT, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sandbox = subprocess.Popen([sys.executable, "-m", "sandbox", "--port", str(port)], cwd=PROJECT)
    try:
        return _adopt(folder, url, f"http://127.0.0.1:{port}")
    finally:
        sandbox.terminate()
        sandbox.wait(10)


def _adopt(folder: Path, url: str, sandbox: str) -> dict[str, Any]:
    http = requests.Session()
    http.trust_env = False
    _wait(http, sandbox)
    control = f"{sandbox}/_sandbox"
    cards = read_cards(folder / "first")
    http.post(f"{control}/ozon/{CLIENT}/cards", json={"cards": cards}, timeout=60).raise_for_status()
    accounts = (INCLUDE / "accounts.yaml").read_text(encoding="utf-8")
    (folder / "accounts.yaml").write_text(
        f"{accounts}    adopt: {{id_property: Код ОЗОН}}\n", encoding="utf-8"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": str(INCLUDE),
        "MARKETSYNC_ACCOUNTS": str(folder / "accounts.yaml"),
        "MARKETSYNC_VAR": str(folder / "var"),
        "MARKETSYNC_DATABASE_URL": url,
        "AIRFLOW_CONN_OZON": json.dumps(
            {"conn_type": "http", "host": f"{sandbox}/ozon", "login": CLIENT, "password": "sandbox"}
        ),
    }
    shell = [sys.executable, "-m", "marketsync"]
    subprocess.run(
        [*shell, "import", str(folder / "first")], env=environment, check=True, stdout=subprocess.DEVNULL
    )
    began = time.perf_counter()
    counts, _ = _watched([*shell, "adopt", "ozon"], environment)
    seconds = time.perf_counter() - began
    calls = http.get(f"{control}/calls", params={"limit": "100000"}, timeout=60).json()
    again = time.perf_counter()
    second, memory = _watched([*shell, "adopt", "ozon"], environment)
    again = time.perf_counter() - again
    expected = read_adoption(folder / "first")
    pages = math.ceil(sum(not card["archived"] for card in cards) / _PAGE)
    archived = math.ceil(sum(card["archived"] for card in cards) / _PAGE)
    least = 3 * (pages + archived) + pages + _STOCK_PAGES_EACH * pages
    sound = (
        counts["adopted"] == len(expected["adopted"])
        and counts["conflicts"] == len(expected["conflicts"])
        and second["ours"] == len(expected["adopted"])
        and not any(part in call["path"] for call in calls for part in _WRITING)
    )
    return {
        "cards": len(cards),
        "adopted": counts["adopted"],
        "conflicts": counts["conflicts"],
        "alone": counts["alone"],
        "as_expected": sound,
        "seconds": round(seconds, 1),
        "seconds_again": round(again, 1),
        "calls": len(calls),
        "least_calls": least,
        "floor_seconds": round(least / _CALLS_A_SECOND, 1),
        "peak_megabytes": round(memory),
        "target": f"<= {MOST_SECONDS:.0f} s, <= {MOST_MEGABYTES:.0f} MB",
        "met": sound and seconds <= MOST_SECONDS and memory <= MOST_MEGABYTES,
    }


def _watched(command: list[str], environment: dict[str, str]) -> tuple[dict[str, Any], float]:
    """A command's counts, and the highest memory of any child so far, in megabytes."""
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    counts: dict[str, Any] = json.loads(
        next(line for line in done.stdout.splitlines() if line.startswith('{"adoption"'))
    )
    return counts, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _wait(http: requests.Session, sandbox: str) -> None:
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        try:
            if http.get(f"{sandbox}/_sandbox/health", timeout=2).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise TimeoutError("the sandbox did not start")


if __name__ == "__main__":
    sys.exit(main())
