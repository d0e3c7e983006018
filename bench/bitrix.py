"""The shop read by REST from the sandbox's portal: calls and seconds of a whole reading, of an idle one and of changes.

    python -m bench.bitrix [--goods 6000] [--changes 60] [--latency 0.0]

`--goods` counts sellable offers. The floor is what the portal's limit leaves: a counter that holds 50 requests and
runs off at 2 a second, so that n calls take at least (n - 50) / 2 seconds. The import that follows each reading is not
in its seconds. `--latency` lets each answer of the portal take that many seconds.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import requests

from marketsync import steps
from marketsync.accounts import Accounts
from marketsync.credentials import Credentials
from marketsync.db import Database, embedded
from marketsync.db.migrations import migrate
from marketsync.files import Files
from marketsync.paths import PROJECT
from marketsync.runtime import Runtime
from marketsync.steps.site import read_connected_site
from sandbox.bitrix.state import SECRET, USER

RESULTS = PROJECT / "bench" / "results" / "bitrix.json"
BURST, PER_SECOND = 50, 2.0
_START = 60


def main() -> int:
    """Print the table, write the JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--goods", type=int, default=6000)
    parser.add_argument("--changes", type=int, default=60)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--port", type=int, default=18097)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="marketsync-bench-", dir="/var/tmp"))
    portal = subprocess.Popen([sys.executable, "-m", "sandbox", "--port", str(options.port)], cwd=PROJECT)
    try:
        bench = Bench(folder, f"http://127.0.0.1:{options.port}", options.latency)
        lines = bench.run(options.goods, options.changes)
    finally:
        portal.terminate()
        portal.wait(10)
        embedded.stop(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{'what':<44} {'calls':>6} {'rows':>8} {'seconds':>8} {'floor':>7} {'merge, s':>9}")
    for line in lines:
        print(
            f"{line['name']:<44} {line['calls']:>6} {line['rows']:>8} {line['seconds']:>8.1f} "
            f"{line['floor']:>7.1f} {line['merge']:>9.1f}"
        )
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(lines, indent=2, ensure_ascii=False), encoding="utf-8")
    return 0


class Bench:
    """One portal and one database; the readings follow one another."""

    def __init__(self, folder: Path, url: str, latency: float) -> None:
        self._url = url
        self._wait()
        self._database = Database(embedded.start(folder / "postgres"))
        migrate(self._database)
        self._files = Files((folder / "files").as_uri())
        self._control(
            "PATCH", "knobs", {"bitrix": {"latency_seconds": latency}, "general": {"keep_bodies": False}}
        )

    def run(self, goods: int, changes: int) -> list[dict[str, Any]]:
        self._control("POST", "bitrix/fill", {"goods": goods})
        lines = [self._reading(f"whole, without pictures ({goods} offers)", pictures=False, full=True)]
        self._reading("", pictures=False)  # the overlap of the dates, once more
        lines.append(self._reading("nothing changed", pictures=False))
        known = requests.get(f"{self._url}/_sandbox/bitrix/state", timeout=60).json()
        edits = [
            {"xmlId": guid, "name": f"{good['name']} *", "prices": {"Розничная": 1234.0}}
            for guid, good in list(known.items())[:changes]
        ]
        self._control("POST", "bitrix/edit", {"goods": edits})
        lines.append(self._reading(f"{changes} goods and prices changed", pictures=False))
        lines.append(self._reading("whole, with pictures for the first time", pictures=True, full=True))
        lines.append(self._reading("whole, with pictures again", pictures=True, full=True))
        lines.append(self._compared())
        self._database.close()
        return lines

    def _reading(self, name: str, *, pictures: bool, full: bool = False) -> dict[str, Any]:
        self._rest()
        runtime = self._runtime(pictures=pictures)
        before, began = self._calls(), time.monotonic()
        read = steps.read_store(runtime, full=full)
        seconds, calls = time.monotonic() - began, self._calls() - before
        began = time.monotonic()
        if read["delivery"] is not None:
            steps.store.import_waiting(runtime)
        return self._line(name, calls, seconds, merge=time.monotonic() - began)

    def _compared(self) -> dict[str, Any]:
        self._rest()
        before, began = self._calls(), time.monotonic()
        read_connected_site(self._runtime(pictures=False), again=True)
        return self._line(
            "prices and counts for the comparison", self._calls() - before, time.monotonic() - began
        )

    def _line(self, name: str, calls: int, seconds: float, merge: float = 0.0) -> dict[str, Any]:
        found = requests.get(
            f"{self._url}/_sandbox/calls", params={"system": "bitrix", "limit": 10_000}, timeout=60
        )
        rows = sum(call["items"] for call in found.json()[-calls:]) if calls else 0
        floor = max(0.0, (calls - BURST) / PER_SECOND)
        return {
            "name": name,
            "calls": calls,
            "rows": rows,
            "seconds": seconds,
            "floor": floor,
            "merge": merge,
        }

    def _runtime(self, *, pictures: bool) -> Runtime:
        accounts = Accounts.model_validate(
            {
                "version": 1,
                "accounts": [],
                "store": {"source": "bitrix", "connection": "site", "pictures": pictures},
                "site": {"connection": "site"},
            }
        )
        credentials = Credentials(f"{self._url}/bitrix", USER, SECRET)
        return Runtime(self._database, accounts, lambda _: credentials, files=self._files)

    def _calls(self) -> int:
        paths = requests.get(f"{self._url}/_sandbox/counters", timeout=60).json()["paths"].get("bitrix", {})
        return sum(path["calls"] for path in paths.values())

    def _rest(self) -> None:
        """Let both counters of calls run empty: each reading is measured from rest."""
        if self._calls():
            time.sleep(BURST / PER_SECOND + 1)

    def _control(self, method: str, path: str, body: Any) -> None:
        requests.request(method, f"{self._url}/_sandbox/{path}", json=body, timeout=120).raise_for_status()

    def _wait(self) -> None:
        for _ in range(_START * 10):
            try:
                requests.get(f"{self._url}/_sandbox/health", timeout=1).raise_for_status()
            except requests.RequestException:
                time.sleep(0.1)
            else:
                return
        raise SystemExit("the sandbox does not answer")


if __name__ == "__main__":
    sys.exit(main())
