"""`python -m demo`: exit code 0 only if the sandbox ends as 1C's files ask for."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from demo import living_act, orders_act, own_catalog
from demo.judge import read_expected
from demo.report import tell
from demo.story import Story
from marketsync.clock import SYSTEM
from marketsync.db import Database, embedded
from marketsync.errors import Fatal, MarketsyncError
from marketsync.paths import PROJECT, var
from marketsync.runtime import Runtime
from stack.machine import Stack, end

GOODS = 6000
HAND_MADE = 3000
_MARK = "made-by-the-demo"
EDITED = 3


def main() -> int:
    """Play the demo; print its table."""
    options = _options()
    home = var()
    # the demo plays on a database of its own: whatever else is configured on this machine stays untouched
    os.environ.pop("MARKETSYNC_DATABASE_URL", None)
    os.environ.pop("MARKETSYNC_FILES_URL", None)
    # also where whoever started us ignores interrupts, as a shell does for its background jobs
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, _end)
    began = SYSTEM.monotonic()
    try:
        return _play(options, home, began)
    except MarketsyncError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        return 130


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--goods", type=int, default=GOODS, help=f"how many goods to generate ({GOODS})")
    parser.add_argument(
        "--hand-made",
        type=int,
        default=HAND_MADE,
        help=f"cards that people made in the second cabinet ({HAND_MADE}, at most half of the goods; 0: none)",
    )
    parser.add_argument("--catalog", type=Path, help="a folder with one's own CommerceML files instead")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--hurry", action="store_true", help="labels are ready after seconds, not after a minute"
    )
    return parser.parse_args()


def _play(options: argparse.Namespace, home: Path, began: float) -> int:
    def say(line: str) -> None:
        sys.stdout.write(f"[{SYSTEM.monotonic() - began:6.1f} s] {line}\n")
        sys.stdout.flush()

    _start_afresh(home)
    if options.catalog is None:
        options.hand_made = min(options.hand_made, options.goods // 2)
        _generate(home / "deliveries", options.goods, options.seed, options.hand_made)
        say(f"{options.goods} goods generated as 1C would write them")
    else:
        own_catalog.prepare(options.catalog, home)
    living = options.catalog is None and options.hand_made > 0
    if living:
        living_act.prepare(home)
    with Stack(report=say) as stack:
        os.environ.update(stack.environment)
        runtime = Runtime(database=Database(stack.database_url), accounts=Runtime.from_environment().accounts)
        account = runtime.accounts.accounts[0].id
        stack.airflow.wait_dags([f"{account}__reconcile", f"{account}__dictionaries"], 120)
        if living:
            living_act.pause(stack)
        story = Story(stack, runtime, account, say)
        story.dictionaries()
        if options.catalog is None:
            first = home / "deliveries" / "first"
            _loaded(story, first)
            if living:
                living_act.play(stack, story.outcome, say, home, first)
            _changed(
                story,
                home / "deliveries",
                lambda: orders_act.play(stack, runtime, account, story.outcome, say, hurry=options.hurry),
            )
        else:
            own_catalog.play(story, options.catalog)
        story.tell_holds()
        runtime.database.close()
    return tell(story.outcome, SYSTEM.monotonic() - began)


def _loaded(story: Story, first: Path) -> None:
    story.deliver(first, "full load")
    story.prove("full load", first / "expected.json")
    story.reconcile("after the full load")


def _changed(story: Story, deliveries: Path, orders: Callable[[], None]) -> None:
    first, second = deliveries / "first", deliveries / "second"
    story.deliver(second, "1 % changes")
    story.turn_down("a person answers the guards")
    story.edit_cabinet(_unchanged(first, second)[:EDITED])
    counts = story.reconcile("after somebody's edits")
    if counts["healed"] < EDITED:
        story.outcome.failures.append(f"{EDITED} cards were edited in the cabinet, {counts['healed']} healed")
    story.rest()
    story.prove("1 % changes and edits", second / "expected.json")
    orders()
    last = story.reconcile("at the end")
    unexplained = {
        cause: n for cause, n in last["causes"].items() if cause not in ("held", "rejected", "in_flight")
    }
    if unexplained:
        story.outcome.failures.append(f"differences remain at the end: {unexplained}")


def _unchanged(first: Path, second: Path) -> list[str]:
    """Articles of cards that the second delivery left as they were."""
    before = read_expected(first / "expected.json")["offers"]
    after = read_expected(second / "expected.json")["offers"]
    return sorted(
        offer["article"]
        for guid, offer in after.items()
        if before.get(guid) == offer and offer["state"] == "listed" and offer["on_sale"] and not offer["held"]
    )


def _generate(folder: Path, goods: int, seed: int, hand_made: int) -> None:
    shape = ["--goods", str(goods), "--seed", str(seed), "--hand-made", str(hand_made)]
    subprocess.run(
        [
            *(sys.executable, "-m", "sandbox.generator", str(folder), *shape),
            *("--images-url", own_catalog.images_url()),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )


def _start_afresh(home: Path) -> None:
    """Forget what an earlier demo left; never what somebody else keeps in the same folder.

    Raises:
        Fatal: a set-up runs there, or the folder holds the data of one that no demo made.
    """
    mark = home / _MARK
    if (embedded.data_folder() / "PG_VERSION").exists() and not mark.exists():
        raise Fatal(
            f"{home} holds the data of a set-up that is not a demo's",
            hint="Keep it and name another folder (MARKETSYNC_VAR=/some/folder make demo), or remove it with "
            "`.venv/bin/python -m stack clean`",
        )
    with embedded.owner_lock() as mine:
        if not mine:
            raise Fatal(f"A set-up runs in {home}", hint="`make down` ends it")
        end()
        shutil.rmtree(embedded.data_folder(), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    mark.touch()


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
