"""`make bench`: every measurement in one run, one after the other, as tables and as JSON in bench/results/."""

from __future__ import annotations

import subprocess
import sys

from marketsync.paths import PROJECT

BENCHES = (
    "import_commerceml",
    "plan_million",
    "promotions",
    "mapping_change",
    "history",
    "adopt",
    "bitrix",
    "pictures",
    "releases",
    "renames",
    "gateway_pushes",
    "exchange",
    "watchdog",
    "order_reconcile",
    "fulfilment",
)


def main() -> int:
    """Run them all; exit code 1 where one misses its target."""
    missed = []
    for name in BENCHES:
        print(f"\n{name}\n{'=' * len(name)}", flush=True)
        done = subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=PROJECT, check=False)
        if done.returncode:
            missed.append(name)
    print(f"\nmissed: {', '.join(missed) or 'nothing'}; the figures are in {PROJECT / 'bench' / 'results'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
