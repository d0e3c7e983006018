"""What a process works with: database, accounts, credentials, files, time. Made once by an entry point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from marketsync.accounts import Account, Accounts, accounts
from marketsync.carriers.base import Carrier
from marketsync.carriers.registry import carrier_of
from marketsync.clock import SYSTEM, Clock
from marketsync.credentials import Credentials, credentials
from marketsync.db import Database
from marketsync.db.call_log import PostgresCallLog
from marketsync.db.limiter import PostgresLimiter
from marketsync.errors import BadInput, Place
from marketsync.files import Files
from marketsync.http.client import ApiClient
from marketsync.mappings import load_prices
from marketsync.marketplaces.base import Dictionary, Kind, Marketplace, Pipeline, Renderer
from marketsync.marketplaces.orders import Fulfilment, OrderDesk
from marketsync.marketplaces.registry import marketplace
from marketsync.order_settings import Carrier as CarrierSettings
from marketsync.paths import mappings_folder
from marketsync.shop.bitrix.client import Bitrix
from marketsync.sync import dictionaries
from marketsync.sync.lane import Lane
from marketsync.sync.price_rules import PriceTables

__all__ = ["Runtime", "Seller"]


@dataclass(frozen=True)
class Runtime:
    """The surroundings of every step.

    Attributes:
        credentials: an account's connection id -> how to reach it.
    """

    database: Database
    accounts: Accounts
    credentials: Callable[[str], Credentials] = credentials
    clock: Clock = SYSTEM
    files: Files = field(default_factory=Files.from_environment)

    @classmethod
    def from_environment(cls) -> Runtime:
        """As a shell command finds it. Raises `Fatal` or `BadInput` with what is missing."""
        return cls(database=Database.from_environment(), accounts=accounts())

    def price_tables(self, mapping: str) -> PriceTables:
        """The price rules of a mapping."""
        ids = tuple(sorted(account.id for account in self.accounts.accounts))
        return PriceTables(mappings_folder() / mapping, ids, ZoneInfo(self.accounts.time_zone))

    def seller(self, account_id: str) -> Seller:
        """One account, with its client, its channels and its mapping.

        Raises:
            BadInput: there is no such account, or its mapping is bad.
        """
        return Seller(self, self.accounts.account(account_id))

    def portal(self, connection: str, calls_per_second: float, *, orders: bool = False) -> Bitrix:
        """The shop behind a connection; its calls share their limit with every other process.

        Args:
            orders: whether its orders may be read and written.

        Raises:
            Fatal: there is no such connection, or it cannot be used.
        """
        known = self.credentials(connection)
        return Bitrix(
            connection,
            base_url=known.base_url,
            user=known.login,
            secret=known.password,
            limiter=PostgresLimiter(self.database, self.clock),
            call_log=PostgresCallLog(self.database),
            calls_per_second=calls_per_second,
            orders=orders,
            clock=self.clock,
        )

    def carrier(self, settings: CarrierSettings) -> Carrier:
        """The carrier's client; its calls share their limit with every other process.

        Raises:
            Fatal: there is no such connection, or it cannot be used.
        """
        known = self.credentials(settings.connection)
        return carrier_of(settings.kind).connect(
            settings.id,
            base_url=known.base_url,
            login=known.login,
            password=known.password,
            extra=known.extra,
            limiter=PostgresLimiter(self.database, self.clock),
            call_log=PostgresCallLog(self.database),
            calls_per_second=settings.calls_per_second,
            clock=self.clock,
        )


@dataclass(frozen=True)
class Seller:
    """One account at work; what is not asked for is not loaded."""

    runtime: Runtime
    account: Account

    @cached_property
    def marketplace(self) -> Marketplace:
        """The marketplace's folder."""
        return marketplace(self.account.marketplace)

    @cached_property
    def client(self) -> ApiClient:
        """The account's client: its calls share their limits with every other process."""
        known = self.runtime.credentials(self.account.connection)
        return self.marketplace.connect(
            self.account.id,
            base_url=known.base_url or None,
            login=known.login,
            password=known.password,
            limiter=PostgresLimiter(self.runtime.database, self.runtime.clock),
            call_log=PostgresCallLog(self.runtime.database),
            clock=self.runtime.clock,
        )

    @cached_property
    def mapping(self) -> Path:
        """The folder of the account's mapping."""
        return mappings_folder() / self.account.mapping

    @cached_property
    def renderer(self) -> Renderer:
        """Renders cards by the mapping and the cached dictionaries."""
        return self.render_with(dictionaries.load(self.runtime.database, self.marketplace.name))

    def render_with(self, dictionary: Dictionary) -> Renderer:
        """A renderer over another state of the dictionaries."""
        known = [account.id for account in self.runtime.accounts.accounts]
        return self.marketplace.renderer(self.mapping, dictionary, account=self.account.id, accounts=known)

    @cached_property
    def lanes(self) -> tuple[Lane, ...]:
        """All channels, in the order in which they are sent."""
        prices = load_prices(self.mapping)
        rules = self.runtime.price_tables(self.account.mapping)
        return tuple(
            Lane(
                database=self.runtime.database,
                clock=self.runtime.clock,
                account=self.account,
                channel=channel(self.client),
                prices=prices,
                price_rules=self.marketplace.price_rules,
                version=self._versions.get(channel.kind, str),
                price_table=lambda connection: rules.in_force(connection).table,
                picture_rules=self.marketplace.picture_rules,
            )
            for channel in self.marketplace.channels
        )

    @property
    def _versions(self) -> dict[Kind, Callable[[], str]]:
        """What a plan of a channel was made by, for the kinds that are made by more than the store's data."""
        return {Kind.DOCUMENT: self._document_version, Kind.PRICE: self._price_version}

    def _price_version(self) -> str:
        with self.runtime.database.transaction() as connection:
            return self.runtime.price_tables(self.account.mapping).in_force(connection).table.version

    def _document_version(self) -> str:
        pictures = self.account.pictures
        return f"{self.renderer.version} {pictures.address if pictures else ''}"

    def lane(self, channel: str) -> Lane:
        """One channel by its name.

        Raises:
            BadInput: the marketplace has no such channel.
        """
        for lane in self.lanes:
            if lane.channel.name == channel:
                return lane
        known = ", ".join(lane.channel.name for lane in self.lanes)
        raise BadInput(f"There is no channel {channel!r}; {self.marketplace.title} has: {known}")

    def pipeline(self, pipeline: Pipeline) -> tuple[Lane, ...]:
        """The channels that one of the account's DAGs keeps equal, in the order in which they are sent."""
        return tuple(lane for lane in self.lanes if lane.channel.pipeline is pipeline)

    @cached_property
    def desk(self) -> OrderDesk:
        """Reads the account's orders.

        Raises:
            BadInput: the account takes no orders, or its marketplace is not connected for them.
        """
        desk = self.marketplace.orders if self.account.orders else None
        if desk is None:
            raise BadInput(
                f"аккаунт {self.account.id} не принимает заказы",
                place=Place(file="accounts.yaml", account=self.account.id, field="orders"),
                hint="Добавьте аккаунту раздел orders: {}",
            )
        return desk(self.client)

    @cached_property
    def fulfilment(self) -> Fulfilment:
        """Does on the marketplace what is asked for the account's orders. Raises BadInput as `desk` does."""
        made = self.marketplace.fulfilment if self.account.orders else None
        if made is None:
            raise BadInput(
                f"аккаунт {self.account.id} не собирает заказы",
                place=Place(file="accounts.yaml", account=self.account.id, field="orders"),
                hint="Добавьте аккаунту раздел orders: {}",
            )
        return made(self.client)

    @property
    def cards(self) -> Lane:
        """The channel whose documents create offers."""
        return next(lane for lane in self.lanes if lane.channel.kind is Kind.DOCUMENT)
