"""The parts of accounts.yaml that are about orders: of an account, of the ERP, of carriers, of the shop."""

from __future__ import annotations

from decimal import Decimal
from ipaddress import ip_network
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

__all__ = ["Carrier", "Erp", "FileExchange", "Gateway", "Orders", "ShopOrders", "Watchdog", "shop_orders_of"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _address_range(text: str) -> str:
    ip_network(text, strict=False)
    return text


class Orders(_Strict):
    """How an account's orders are taken.

    The secrets of its push address lie in the account's connection: extra `push_secrets`, a list of one or two.

    Attributes:
        push_networks: address ranges that may push; empty: any that knows the secret.
        most_new_per_minute: more new orders by push than these reserve nothing until they are read back.
        lapse_minutes: after which a reservation ends that only a push speaks of.
        overlap_minutes: how far a poll reaches back behind the last one.
        reread_days: how many days a daily reading goes over again.
        alert_shares: shares of the time to ship-by at which people are told.
        alert_minutes: minutes before ship-by at which people are told.
        figure_share: at this share of the way to a threshold of the marketplace people are warned.
        erase_days: after the end of an order its buyer's data is erased.
        erase_at_latest_days: after it was made its buyer's data is erased, whatever became of it.
        carrier: which of `carriers` delivers what the marketplace does not.
    """

    push_networks: tuple[Annotated[str, AfterValidator(_address_range)], ...] = ()
    most_new_per_minute: int = Field(default=120, ge=1)
    lapse_minutes: float = Field(default=15, gt=0)
    overlap_minutes: float = Field(default=10, gt=0)
    reread_days: int = Field(default=5, ge=1, le=30)
    alert_shares: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = (0.5,)
    alert_minutes: tuple[Annotated[int, Field(gt=0)], ...] = (120, 30)
    figure_share: float = Field(default=0.8, gt=0, lt=1)
    erase_days: int = Field(default=30, ge=1)
    erase_at_latest_days: int = Field(default=90, ge=1)
    carrier: str | None = None


class FileExchange(_Strict):
    """How 1C's file exchange is spoken at /1c_exchange.

    Attributes:
        part_bytes: `file_limit`: into parts of this size 1C cuts its files.
        zip: whether 1C may pack its files.
        encoding: of answers and orders.
        total_bytes: that one session may upload.
        files: that one session may upload.
        session_minutes: a session that is silent for so long is over; what it left half done is removed.
        quiet_minutes: where a dialogue has no last word, silence of so long is its end.
        wait_seconds: so long a question about an import is held before it is answered `progress`; 1C asks again.
        patience_minutes: after which a question about an import that does not end is answered `failure`.
        cancel_reason: the marketplace's code of the reason, where 1C cancels an order.
    """

    part_bytes: int = Field(default=8 << 20, ge=1 << 10)
    zip: bool = True
    encoding: Literal["windows-1251", "utf-8"] = "windows-1251"
    total_bytes: int = Field(default=4 << 30, ge=1 << 20)
    files: int = Field(default=200_000, ge=1)
    session_minutes: float = Field(default=120, gt=0)
    quiet_minutes: float = Field(default=3, gt=0)
    wait_seconds: float = Field(default=10, ge=0, le=25)
    patience_minutes: float = Field(default=60, gt=0)
    cancel_reason: str = "352"


class Erp(_Strict):
    """The ERP at the other side of the gateway.

    Attributes:
        counts: what its stock deliveries count: free pieces (booked orders are taken off), or what is on hand.
        counts_lag_minutes: how old counts may be when their delivery begins: of a shop that gets them from 1C every
            quarter of an hour, 15.
        pack_size: orders in a pack at most.
        silent_minutes: after which nobody fetching packs, or no delivery, is an alert.
        exchange: the file exchange of 1C.
    """

    counts: Literal["free", "on_hand"] = "free"
    counts_lag_minutes: float = Field(default=0, ge=0)
    pack_size: int = Field(default=100, ge=1, le=500)
    silent_minutes: float = Field(default=60, gt=0)
    exchange: FileExchange = FileExchange()


class Gateway(_Strict):
    """Who stands before the gateway.

    Attributes:
        proxies: address ranges of our own proxies: what these write into X-Forwarded-For is believed.
    """

    proxies: tuple[Annotated[str, AfterValidator(_address_range)], ...] = ()


class Carrier(_Strict):
    """A carrier of ours, and what its orders are made with.

    Attributes:
        kind: which carrier's client.
        connection: of type http: host, login = client number, password = client key.
        sender: the parts of the address that goods are picked up from, in the carrier's own fields.
        pickup_hours: as the carrier writes them: 9-18.
        service, variant: the carrier's codes.
        category: what is in the parcels, for the carrier.
        weight: kilograms of a piece whose good does not say.
        weight_property: the property of 1C in which a good says its kilograms.
        days_to_pickup: from the request to the pickup; a day without pickup is skipped.
        pickup_days: days of the week on which the carrier comes: 1 is Monday.
        declare_value: whether parcels are insured for what the buyer paid.
        events: whether the carrier's inbox of events is ours alone to read. Off: each open order is asked about.
        track_minutes: how often, then.
        calls_per_second: to the carrier, by all processes together.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    kind: Literal["dpd"] = "dpd"
    connection: str
    sender: dict[str, str]
    pickup_hours: str = "9-18"
    service: str = "PCL"
    variant: str = "ДД"
    category: str = "Товары для детей"
    weight: Decimal = Field(default=Decimal(1), gt=0)
    weight_property: str | None = None
    days_to_pickup: int = Field(default=1, ge=0, le=30)
    pickup_days: tuple[Annotated[int, Field(ge=1, le=7)], ...] = Field(default=(1, 2, 3, 4, 5), min_length=1)
    declare_value: bool = False
    events: bool = True
    track_minutes: float = Field(default=30, gt=0)
    calls_per_second: float = Field(default=5.0, gt=0, le=100)


OrderStatus = Literal[
    "new", "to_assemble", "to_ship", "shipping", "delivered", "cancelled", "disputed", "unknown"
]
ShopStatus = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,2}$")]

_SHOP_STATUSES: dict[str, str | None] = {
    "new": "N",
    "to_assemble": "P",
    "to_ship": "P",
    "shipping": "S",
    "delivered": "F",
    "cancelled": "D",
}
"""The statuses that every shop of 1C-Bitrix begins with (Bitrix24 REST documentation, default statuses)."""


class ShopOrders(_Strict):
    """How orders are put into the shop, so that its staff sees them too.

    Attributes:
        connection: the shop's, with the scopes `catalog` and `sale`.
        calls_per_second: what the portal allows.
        accounts: whose orders; empty: of all accounts that take orders.
        catalog: the goods' iblock, where the portal has several catalogs.
        site: the code of the shop's site (lid).
        person_type: the kind of buyer there.
        user: the buyer's id there, for all orders; none: what the portal sets.
        statuses: our words of an order -> the shop's statuses; null leaves the shop's alone. What is not named here
            is as shipped.
    """

    connection: str
    calls_per_second: float = Field(default=2.0, gt=0, le=100)
    accounts: tuple[str, ...] = ()
    catalog: int | None = Field(default=None, ge=1)
    site: str = "s1"
    person_type: int = Field(default=1, ge=1)
    user: int | None = Field(default=None, ge=1)
    statuses: dict[OrderStatus, ShopStatus | None] = {}

    def status(self, status: str) -> str | None:
        """The shop's status for one of our words; None where the shop's is left alone."""
        return self._statuses.get(status)

    @property
    def first_status(self) -> str:
        """What an order begins with, whose status has no counterpart in the shop."""
        return self.status("new") or "N"

    @property
    def all_statuses(self) -> frozenset[str]:
        """Every status of the shop that may be set."""
        return frozenset({self.first_status, *self.words.values()})

    @property
    def words(self) -> dict[str, str]:
        """Our words that have a counterpart in the shop -> the shop's status."""
        return {ours: theirs for ours, theirs in self._statuses.items() if theirs is not None}

    @property
    def _statuses(self) -> dict[str, str | None]:
        return _SHOP_STATUSES | {str(ours): theirs for ours, theirs in self.statuses.items()}


def shop_orders_of(settings: ShopOrders | None, orders: Orders | None, account: str) -> ShopOrders | None:
    """How an account's orders are put into the shop; None where they are not: straight to the ERP only."""
    if settings is None or orders is None:
        return None
    return settings if not settings.accounts or account in settings.accounts else None


class Watchdog(_Strict):
    """What the watchdog looks at besides the flows themselves.

    Attributes:
        ping: the connection of an outside dead-man switch: its address is fetched every minute while all is well.
        webhook: the connection that alerts are posted to.
        airflow: the connection with Airflow's address, whose health is looked at; no login is needed.
        stale_minutes: without any sign of life a flow is an alert.
        stock_minutes: the same of the cycle of stocks, which runs every 10 minutes.
        task_minutes: how long what was asked for of an order may wait.
        label_minutes: how long a label may.
    """

    ping: str | None = None
    webhook: str | None = None
    airflow: str | None = None
    stale_minutes: float = Field(default=10, gt=0)
    stock_minutes: float = Field(default=30, gt=0)
    task_minutes: float = Field(default=30, gt=0)
    label_minutes: float = Field(default=15, gt=0)
