"""The seller accounts of accounts.yaml: checked whole, then taken over; a bad file keeps the last good one.

DAG files call `accounts()` each time they are parsed. If a typing error there raised, every DAG of the
account would vanish from the scheduler and nothing would be sold at the right price: so the last file that
passed the check is kept beside the machine's other state and used until the file is mended.
"""

from __future__ import annotations

import os
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import structlog
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from marketsync.errors import BadInput, Place
from marketsync.paths import accounts_file, var

__all__ = [
    "Account",
    "Accounts",
    "Adopt",
    "Guards",
    "Mark",
    "MassGuard",
    "Mode",
    "PriceGuard",
    "Warehouse",
    "accounts",
    "load",
]

_log = structlog.get_logger(__name__)

Share = Annotated[float, Field(gt=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Mode(StrEnum):
    """What may be done in an account: observe reads, plans and reports; send sends."""

    OBSERVE = "observe"
    SEND = "send"


class Mark(_Strict):
    """Which goods are sold: those whose property has one of the values; without a property, every good."""

    property: str | None = None
    values: tuple[str, ...] = ("Да", "да", "true", "1")


class Warehouse(_Strict):
    """A store's warehouse (by name or 1C's id) and where its goods are offered.

    Attributes:
        buffer: pieces kept back.
        hide_below: fewer than this (after the buffer) are shown as none.
        show_at_most: more than this are not shown.
    """

    store: str
    marketplace: str
    buffer: int = Field(default=0, ge=0)
    hide_below: int = Field(default=0, ge=0)
    show_at_most: int | None = Field(default=None, gt=0)


class PriceGuard(_Strict):
    """Which price changes a person must see first.

    Attributes:
        largest_change: against the last confirmed (else observed) price and the highest of the last 7 days.
        ceiling: no price above it.
        without_reference: what to do with the first price of an offer that has no floor to hold it against.
    """

    largest_change: Share = 0.5
    ceiling: Decimal | None = Field(default=None, gt=0)
    without_reference: Literal["hold", "send"] = "hold"


class MassGuard(_Strict):
    """How much of the catalog one plan may change before its changes of that kind wait for a person.

    Attributes:
        zeroed: share of the offers on sale whose stock falls to zero.
        repriced: share of the offers whose price moves by more than `repriced_by`.
        at_least: fewer changes than this never trip it, so that a small catalog can be worked with.
    """

    zeroed: Share = 0.2
    repriced: Share = 0.3
    repriced_by: Share = 0.2
    at_least: int = Field(default=20, ge=1)


class Guards(_Strict):
    """All guards of an account; on by default."""

    price: PriceGuard = PriceGuard()
    mass: MassGuard = MassGuard()


class Heal(_Strict):
    """How many differences one reconciliation may make due again."""

    at_most: int = Field(default=500, ge=0)


class Adopt(_Strict):
    """How hand-made cards are matched with goods.

    Attributes:
        id_property: the property or requisite of 1C in which people wrote the marketplace's own id of the card or
            its sku; without one, articles and barcodes decide. A variant needs one of its own.
    """

    id_property: str | None = None


class Schedules(_Strict):
    """Cron expressions in the accounts' time zone; minutes are staggered, so that not all DAGs start at once."""

    catalog: str = "2-59/10 * * * *"
    prices: str = "4-59/10 * * * *"
    stocks: str = "6-59/10 * * * *"
    reconcile: str = "35 */2 * * *"
    dictionaries: str = "15 3 * * 0"


class Account(_Strict):
    """One seller account on one marketplace.

    Attributes:
        connection: the id of the Airflow connection with its address and key.
        mapping: a folder of include/mappings.
        pictures: the public address below which the store's picture paths can be fetched.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    marketplace: str
    mode: Mode = Mode.OBSERVE
    connection: str
    currency: str = Field(default="RUB", pattern=r"^[A-Z]{3}$")
    mark: Mark
    mapping: str
    pictures: str | None = Field(default=None, pattern=r"^https?://")
    warehouses: tuple[Warehouse, ...]
    guards: Guards = Guards()
    heal: Heal = Heal()
    adopt: Adopt = Adopt()
    schedules: Schedules = Schedules()


class Store(_Strict):
    """How the store's deliveries are read.

    Attributes:
        shrink: a full delivery with less than this share of the goods of the last one deletes nothing.
    """

    shrink: Share = 0.7


class Retention(_Strict):
    """How many days of history are kept."""

    api_calls: int = Field(default=30, ge=1)
    changes: int = Field(default=90, ge=1)
    reconciliations: int = Field(default=30, ge=1)
    deliveries: int = Field(default=14, ge=1)


class Accounts(_Strict):
    """The whole of accounts.yaml."""

    version: Literal[1]
    language: Literal["ru", "en"] = "ru"
    time_zone: str = "Europe/Moscow"
    store: Store = Store()
    import_schedule: str = "*/10 * * * *"
    housekeeping_schedule: str = "40 4 * * *"
    retention: Retention = Retention()
    accounts: tuple[Account, ...]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Accounts:
        ids = [account.id for account in self.accounts]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"account ids must be unique; twice: {', '.join(twice)}")
        return self

    def account(self, name: str) -> Account:
        """The account of that id.

        Raises:
            BadInput: there is none.
        """
        for account in self.accounts:
            if account.id == name:
                return account
        known = ", ".join(account.id for account in self.accounts) or "none"
        raise BadInput(f"There is no account {name!r}; accounts.yaml has: {known}")

    def of(self, marketplace: str) -> tuple[Account, ...]:
        """The accounts of one marketplace, sorted by id."""
        return tuple(sorted((a for a in self.accounts if a.marketplace == marketplace), key=lambda a: a.id))


def load(path: Path) -> Accounts:
    """Read and check a file of accounts.

    Raises:
        BadInput: with file, line and field.
    """
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", place=Place(file=str(path))) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise BadInput(f"is not YAML: {error}", place=Place(file=str(path), line=line)) from error
    try:
        return Accounts.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(
            f"{first['msg']} (found {first['input']!r})" if first["type"] != "missing" else "is missing",
            place=Place(
                file=str(path),
                line=_line_of(node, first["loc"]),
                field=".".join(str(part) for part in first["loc"]) or None,
            ),
            hint="Nothing was taken over; the last good accounts stay in force",
        ) from error


def _line_of(node: Any, location: tuple[int | str, ...]) -> int | None:
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = [value for key, value in node.value if key.value == str(part)]
            if not found:
                break
            node = found[0]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
        else:
            break
    return node.start_mark.line + 1 if node is not None else None


def accounts() -> Accounts:
    """The accounts in force: the file's, or the last good ones where the file has become bad.

    Raises:
        BadInput: the file is bad and there has never been a good one.
    """
    path = accounts_file()
    kept = var() / "accounts.last-good.yaml"
    try:
        current = load(path)
    except BadInput as error:
        if not kept.exists():
            raise
        _log.error("accounts.yaml is bad; the last good one stays in force", error=str(error))
        return load(kept)
    _keep(path, kept)
    return current


def _keep(path: Path, kept: Path) -> None:
    content = path.read_bytes()
    try:
        if kept.exists() and kept.read_bytes() == content:
            return
        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_name(f"{kept.name}.{os.getpid()}")
        fresh.write_bytes(content)
        fresh.replace(kept)
    except OSError as error:
        _log.warning("the last good accounts.yaml could not be kept", error=str(error))
