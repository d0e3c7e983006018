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
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from marketsync.errors import BadInput, Place
from marketsync.order_settings import Carrier, Erp, Gateway, Orders, ShopOrders, Watchdog
from marketsync.paths import accounts_file, var

__all__ = [
    "Account",
    "Accounts",
    "Adopt",
    "Guards",
    "Mark",
    "MassGuard",
    "Mode",
    "PictureChecks",
    "Pictures",
    "PriceGuard",
    "Promotion",
    "Release",
    "Site",
    "StockGuard",
    "Store",
    "Warehouse",
    "accounts",
    "load",
]

_log = structlog.get_logger(__name__)

Share = Annotated[float, Field(gt=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Mode(StrEnum):
    """What may be done: observe reads, plans and reports; approve sends what a person has released; send sends."""

    OBSERVE = "observe"
    APPROVE = "approve"
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


class Promotion(_Strict):
    """One of the marketplace's promotions that the store takes part in.

    Attributes:
        action: the marketplace's id of it, or its title.
        price: the 1C price type that becomes the price in it.
        stock: pieces offered in it, where the promotion asks for a number.
    """

    action: str = Field(min_length=1)
    price: str = Field(min_length=1)
    stock: int | None = Field(default=None, gt=0)


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


class StockGuard(_Strict):
    """What old counts are still good for. Their age is that of the store's last delivery with counts.

    Attributes:
        no_raise_after_hours: older ones raise no stock; null switches this off.
        zero_fast_after_hours: older ones show no fast movers any more; null switches this off.
        fast_pieces, fast_days: a fast mover fell by so many pieces, in all warehouses together, since so many days
            before that delivery.
    """

    no_raise_after_hours: float | None = Field(default=24, gt=0)
    zero_fast_after_hours: float | None = Field(default=72, gt=0)
    fast_pieces: int = Field(default=10, ge=1)
    fast_days: int = Field(default=7, ge=1)


class MassGuard(_Strict):
    """How much of the catalog one plan may change before its changes of that kind wait for a person.

    Attributes:
        zeroed: share of the offers on sale whose stock falls to zero.
        dropped: share of the offers on sale that lost their mark, or were deleted, and fall to zero for that.
        repriced: share of the offers whose price moves by more than `repriced_by`.
        renamed: share of the cards whose article changes.
        at_least: fewer changes than this never trip it, so that a small catalog can be worked with.
        short_delivery: whether falls to zero and large moves wait, however few, that come from a delivery with far
            fewer rows than are known (store.shrink).
    """

    zeroed: Share = 0.2
    dropped: Share = 0.2
    repriced: Share = 0.3
    repriced_by: Share = 0.2
    renamed: Share = 0.3
    at_least: int = Field(default=20, ge=1)
    short_delivery: Literal["hold", "send"] = "hold"


class Guards(_Strict):
    """All guards of an account; on by default."""

    price: PriceGuard = PriceGuard()
    stock: StockGuard = StockGuard()
    mass: MassGuard = MassGuard()


class Heal(_Strict):
    """How many differences one reconciliation may make due again."""

    at_most: int = Field(default=500, ge=0)


class Release(_Strict):
    """Who decides about what the guards hold, and for how long a decision counts.

    Attributes:
        assigned_users: ids of Airflow's users who may answer; empty: whoever may change the account's DAGs.
        response_hours: how long a question waits; unanswered, it releases nothing and is asked anew.
        valid_hours: how long a released value passes the guards, and one that was turned down is not asked again.
    """

    assigned_users: tuple[str, ...] = ()
    response_hours: float = Field(default=24, gt=0)
    valid_hours: float = Field(default=24, gt=0)


class Adopt(_Strict):
    """How hand-made cards are matched with goods.

    Attributes:
        id_property: the property or requisite of 1C in which people wrote the marketplace's own id of the card or
            its sku; without one, articles and barcodes decide. A variant needs one of its own.
        cards: what becomes of an adopted card: leave (prices and stocks follow, the card stays as people made it) or
            owners (it is kept equal in the fields that the mapping gives to the store).
    """

    id_property: str | None = None
    cards: Literal["leave", "owners"] = "leave"

    @property
    def keeps_equal(self) -> bool:
        """Whether the content of adopted cards follows the store too."""
        return self.cards == "owners"


class Schedules(_Strict):
    """Cron expressions in the accounts' time zone; minutes are staggered, so that not all DAGs start at once."""

    catalog: str = "2-59/10 * * * *"
    prices: str = "4-59/10 * * * *"
    stocks: str = "6-59/10 * * * *"
    release: str = "50 * * * *"
    reconcile: str = "35 */2 * * *"
    orders: str = "* * * * *"
    fulfilment: str = "8-59/10 * * * *"
    dictionaries: str = "15 3 * * 0"


class Pictures(_Strict):
    """Where marketplaces fetch pictures: the shop's own site, or our own copies of 1C's files.

    Attributes:
        site: the public address below which the paths that 1C gives can be fetched.
        media: the public address of our gateway, which serves the picture files of deliveries below /media.
        private: the site lies in a private network; otherwise such addresses are never asked.
    """

    site: str | None = Field(default=None, pattern=r"^https?://[^/?#\s]+[^?#\s]*$")
    media: str | None = Field(default=None, pattern=r"^https?://[^/?#\s]+[^?#\s]*$")
    private: bool = False

    @model_validator(mode="before")
    @classmethod
    def _text_is_a_site(cls, given: Any) -> Any:
        return {"site": given} if isinstance(given, str) else given

    @field_validator("site", "media")
    @classmethod
    def _without_slash(cls, address: str | None) -> str | None:
        return address.rstrip("/") if address else address

    @model_validator(mode="after")
    def _one_of_them(self) -> Pictures:
        if (self.site is None) == (self.media is None):
            raise ValueError("give the address of the shop's site, or {media: the gateway's public address}")
        return self

    @property
    def address(self) -> str:
        """The address below which all links lie."""
        return self.site or self.media or ""


class PictureChecks(_Strict):
    """How pictures are looked at before they are sent.

    Attributes:
        connections: to the site at once.
        seconds: that one picture may take.
        keep_days: before a good picture is asked for again; a change of the file behind an old address is seen then.
        minutes: that one run may take; what is left is looked at in the next.
    """

    connections: int = Field(default=16, ge=1, le=64)
    seconds: float = Field(default=15, gt=0)
    keep_days: float = Field(default=3, gt=0)
    minutes: float = Field(default=3, gt=0)


class Account(_Strict):
    """One seller account on one marketplace.

    Attributes:
        connection: the id of the Airflow connection with its address and key.
        mapping: a folder of include/mappings.
        pictures: where the store's pictures can be fetched; as text: the site below which its paths lie.
        unmarked: what becomes of the card of a good that lost its mark or was deleted: keep (its stock is zero,
            nothing else changes: a mark that comes back sells at once, with its reviews and its place in the search)
            or archive.
        archive_after: hours for which such a card stays before it is archived.
        promotions: an offer is in the first of them whose terms it meets.
        auto_promotions: the marketplace may put offers into promotions by itself, down to their floor.
        orders: how its orders are taken; null: they are not.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    marketplace: str
    mode: Mode = Mode.OBSERVE
    connection: str
    currency: str = Field(default="RUB", pattern=r"^[A-Z]{3}$")
    mark: Mark
    mapping: str
    pictures: Pictures | None = None
    warehouses: tuple[Warehouse, ...]
    unmarked: Literal["keep", "archive"] = "keep"
    archive_after: int = Field(default=24, ge=0)
    promotions: tuple[Promotion, ...] = ()
    auto_promotions: bool = False
    orders: Orders | None = None
    guards: Guards = Guards()
    release: Release = Release()
    heal: Heal = Heal()
    adopt: Adopt = Adopt()
    schedules: Schedules = Schedules()

    @model_validator(mode="after")
    def _promotions_are_unique(self) -> Account:
        names = [promotion.action.strip().casefold() for promotion in self.promotions]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"a promotion is named once; twice: {', '.join(twice)}")
        return self


class Store(_Strict):
    """Where the store's goods, prices and counts come from, and how they are read.

    Attributes:
        shrink: a full delivery with less than this share of the goods of the last one deletes nothing.
        source: 1c delivers files; bitrix is the shop, read by REST.
        connection: of type http, of the shop: host, login = the webhook's user, password = its secret.
        catalog: the shop's iblock of goods; not needed where there is but one.
        calls_per_second: what the portal allows: 2 in the cloud, 5 for Enterprise, a box as much as it bears.
        pictures: whether the shop's pictures are read.
        full_every_hours: how often the whole shop is read; in between, what changed and all counts.
    """

    shrink: Share = 0.7
    source: Literal["1c", "bitrix"] = "1c"
    connection: str | None = None
    catalog: int | None = Field(default=None, gt=0)
    calls_per_second: float = Field(default=2.0, gt=0, le=100)
    pictures: bool = True
    full_every_hours: int = Field(default=24, ge=1)

    @model_validator(mode="after")
    def _a_shop_has_a_connection(self) -> Store:
        if self.source == "bitrix" and not self.connection:
            raise ValueError("source bitrix needs the id of the shop's connection: connection")
        return self


class Site(_Strict):
    """The shop as the third side of a reconciliation: its prices and counts beside 1C's and the marketplace's.

    Attributes:
        connection, catalog, calls_per_second: as of the store.
        price_type: of the shop, by name or 1C's id; without it, its base price.
        store_price_type: the price type of 1C that it is compared with, by name or id; without it, the one of
            the same id or name.
        lag_minutes: how long the site may take to show what changed in 1C, before it is a difference.
    """

    connection: str
    catalog: int | None = Field(default=None, gt=0)
    calls_per_second: float = Field(default=2.0, gt=0, le=100)
    price_type: str | None = None
    store_price_type: str | None = None
    lag_minutes: int = Field(default=60, ge=0)


class Retention(_Strict):
    """How many days of history are kept.

    Attributes:
        orders: after an order's end, with all that hangs on it.
        order_events: what was heard of orders.
        labels: after an order's end, its label.
        answers: what the ERP was answered, for calls that it repeats.
        alerts: after they ended.
    """

    api_calls: int = Field(default=30, ge=1)
    changes: int = Field(default=90, ge=1)
    reconciliations: int = Field(default=30, ge=1)
    deliveries: int = Field(default=14, ge=1)
    pictures: int = Field(default=60, ge=7)
    orders: int = Field(default=400, ge=30)
    order_events: int = Field(default=90, ge=7)
    labels: int = Field(default=60, ge=1)
    answers: int = Field(default=7, ge=1)
    alerts: int = Field(default=90, ge=1)


class Accounts(_Strict):
    """The whole of accounts.yaml."""

    version: Literal[1]
    language: Literal["ru", "en"] = "ru"
    time_zone: str = "Europe/Moscow"
    store: Store = Store()
    site: Site | None = None
    erp: Erp = Erp()
    gateway: Gateway = Gateway()
    carriers: tuple[Carrier, ...] = ()
    shop_orders: ShopOrders | None = None
    watchdog: Watchdog = Watchdog()
    import_schedule: str = "*/10 * * * *"
    housekeeping_schedule: str = "40 4 * * *"
    shipments_schedule: str = "9-59/10 * * * *"
    retention: Retention = Retention()
    picture_checks: PictureChecks = PictureChecks()
    accounts: tuple[Account, ...]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Accounts:
        ids = [account.id for account in self.accounts]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"account ids must be unique; twice: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _carriers_are_known(self) -> Accounts:
        ids = [carrier.id for carrier in self.carriers]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"carrier ids must be unique; twice: {', '.join(twice)}")
        for account in self.accounts:
            named = account.orders.carrier if account.orders else None
            if named is not None and named not in ids:
                known = ", ".join(ids) or "none"
                raise ValueError(
                    f"account {account.id}: there is no carrier {named!r}; carriers has: {known}"
                )
        return self

    @property
    def keeps_media(self) -> bool:
        """Whether any account's pictures are our own copies of 1C's files."""
        return any(account.pictures and account.pictures.media for account in self.accounts)

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
    _refuse_repeated(node, path)
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


def _refuse_repeated(node: Any, path: Path) -> None:
    """A key that stands twice: YAML would silently take the last one."""
    if isinstance(node, yaml.SequenceNode):
        for part in node.value:
            _refuse_repeated(part, path)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.value in seen:
            raise BadInput(
                f"{key.value} stands twice, first in line {seen[key.value]}",
                place=Place(file=str(path), line=line, field=str(key.value)),
                hint="Nothing was taken over; the last good accounts stay in force",
            )
        seen[str(key.value)] = line
        _refuse_repeated(value, path)


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
