"""Owns the embedded Postgres for as long as the set-up's owner lives.

Postgres detaches itself from whoever starts it, so it needs an owner of its own that stops it in order.
Prints the address of the domain database once the server answers; ends when its standard input is closed.

    python -m stack.postgres
"""

from __future__ import annotations

import select
import signal
import sys

from marketsync.db import embedded

__all__ = ["main"]


def main() -> int:
    """Start the server, print its address, wait for the owner's end, stop the server."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    try:
        sys.stdout.write(f"{embedded.start()}\n")
        sys.stdout.flush()
        select.select([sys.stdin], [], [])
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        embedded.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
