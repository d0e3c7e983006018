"""The demo on somebody's own CommerceML files: every good is offered, by the mappings that are shipped.

A folder may bring its own accounts.yaml; without one an account is written in which every good is marked and the
store's warehouses stand for the sandbox's, in the order in which they are delivered.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import yaml

from demo.story import Story
from marketsync.errors import BadInput, Place
from marketsync.files import open_delivery
from marketsync.shop.commerceml import read
from marketsync.shop.commerceml.records import WarehouseRecord
from stack.options import HOST, StackOptions

__all__ = ["images_url", "play", "prepare"]

_SANDBOX_WAREHOUSES = ("1020000000001", "1020000000002", "1020000000003")


def prepare(catalog: Path, home: Path) -> None:
    """Choose the accounts for a catalog.

    Raises:
        BadInput: there is no such folder, or nothing of CommerceML in it.
    """
    if not catalog.is_dir():
        raise BadInput(
            "is not a folder", place=Place(file=str(catalog)), hint="CATALOG=folder with 1C's XML files"
        )
    own = catalog / "accounts.yaml"
    chosen = home / "accounts.yaml"
    if own.exists():
        shutil.copyfile(own, chosen)
    else:
        chosen.write_text(_accounts(_warehouses(catalog)), encoding="utf-8")
    os.environ["MARKETSYNC_ACCOUNTS"] = str(chosen)


def images_url() -> str:
    """The sandbox's image host, which has a picture for every name."""
    return f"http://{HOST}:{StackOptions().sandbox_port}/images"


def play(story: Story, catalog: Path) -> None:
    """One delivery, and the proof that the cabinet equals it but for what is held or refused with a reason."""
    story.deliver(catalog, "own catalog")
    counts = story.reconcile("after the delivery")
    unexplained = {
        cause: n for cause, n in counts["causes"].items() if cause not in ("held", "rejected", "in_flight")
    }
    if unexplained:
        story.outcome.failures.append(f"differences without an explanation: {unexplained}")


def _warehouses(catalog: Path) -> list[str]:
    """The names of the store's warehouses, in the order of the files; '' is a total without a warehouse."""
    found: dict[str, str] = {"": ""}
    with open_delivery(catalog) as delivery:
        for file in delivery.named(".xml"):
            found |= {
                record.guid: record.name
                for record in read(file.shown, file.open, {})
                if isinstance(record, WarehouseRecord)
            }
    named = [name for name in found.values() if name]
    return named or [""]


def _accounts(warehouses: list[str]) -> str:
    account = {
        "id": "ozon",
        "marketplace": "ozon",
        "mode": "send",
        "connection": "ozon",
        "mapping": "ozon",
        "mark": {},
        "pictures": images_url(),
        "warehouses": [
            {"store": store, "marketplace": _SANDBOX_WAREHOUSES[min(place, len(_SANDBOX_WAREHOUSES) - 1)]}
            for place, store in enumerate(warehouses)
        ],
        # a catalog of one's own may have no floor price: its first prices have nothing to be held against
        "guards": {"price": {"without_reference": "send"}},
    }
    return yaml.safe_dump({"version": 1, "accounts": [account]}, allow_unicode=True, sort_keys=False)
