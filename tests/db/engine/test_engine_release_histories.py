"""Whatever plans, deliveries, verdicts and stops come in whatever order: no held value goes out that nobody released.

The model knows the guards' limits, the modes, and which value a person saw held and released until when; what was
sent is read from the sandbox's log.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from engine_kit import (
    ACCOUNT,
    MOSCOW,
    PRICES,
    STOCKS,
    Cabinet,
    Engine,
    MovableClock,
    Sandbox,
    Store,
    empty,
    examples,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from marketsync.accounts import Mode
from marketsync.db import Database
from marketsync.steps.release import decide
from marketsync.sync.release import Verdict, look
from marketsync.sync.stops import Person, Stops

ARTICLES = ("A-1", "A-2")
CHANNELS = ("price", "stock")
FLOOR, LARGEST_CHANGE = Decimal(100), Decimal("0.2")
WEEK = timedelta(days=7)
_client_ids = itertools.count(900_001)

Key = tuple[str, str, Decimal]  # channel, article, value

articles = st.sampled_from(ARTICLES)
channels = st.sampled_from(CHANNELS)
actions = st.one_of(
    st.tuples(
        st.just("price"), articles, st.sampled_from(("1000", "900", "700", "650", "1400", "90", "0", None))
    ),
    st.tuples(st.just("stock"), articles, st.sampled_from((5, 3, 0, 9))),
    st.tuples(st.just("plan"), channels),
    st.tuples(st.just("upload"), channels),
    st.tuples(st.just("send"), channels),
    st.tuples(st.just("send"), channels),
    st.tuples(st.just("look"), channels),
    st.tuples(st.just("verdict"), channels, st.sampled_from(Verdict), st.sampled_from((1, 24))),
    st.tuples(st.just("verdict"), channels, st.just(Verdict.RELEASED), st.just(24)),
    st.tuples(st.just("wait"), st.sampled_from((0.2, 2, 30, 200))),
    st.tuples(st.just("mode"), st.sampled_from((Mode.SEND, Mode.APPROVE))),
    st.tuples(st.just("zero"), articles, st.booleans()),
)
histories = st.lists(actions, min_size=8, max_size=24)


@dataclass
class Model:
    """What a person and the guards have allowed.

    Attributes:
        seen: per channel, what was held when somebody last looked.
        released: until when a value may pass.
        steps: of an article's confirmed prices: when, from, to.
        zeroed: what a person keeps off sale.
    """

    mode: Mode = Mode.SEND
    seen: dict[str, set[Key]] = field(default_factory=lambda: defaultdict(set))
    released: dict[Key, datetime] = field(default_factory=dict)
    steps: dict[str, list[tuple[datetime, Decimal | None, Decimal]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    zeroed: set[str] = field(default_factory=set)

    def may_send(self, key: Key, now: datetime) -> bool:
        """Whether a value may go out at this moment."""
        channel, article, value = key
        if channel == "stock" and value == 0 and article in self.zeroed:
            return True
        if channel == "price" and value <= 0:
            return False
        if self.released.get(key, now) > now:
            return True
        return self.mode is Mode.SEND and (channel == "stock" or self._passes(article, value, now))

    def _passes(self, article: str, price: Decimal, now: datetime) -> bool:
        known = self.steps[article]
        if price < FLOOR or not known:
            return price >= FLOOR
        last = known[-1][2]
        week = [one for at, before, after in known if at > now - WEEK for one in (before, after) if one]
        return abs(price - last) <= last * LARGEST_CHANGE and price >= max([*week, price]) * (
            1 - LARGEST_CHANGE
        )


class World:
    """Plays actions on the engine, and holds everything that was sent against the model."""

    def __init__(self, database: Database, sandbox: Sandbox) -> None:
        sandbox.call("POST", "/reset")
        self.cabinet = Cabinet(sandbox, str(next(_client_ids)))
        self.cabinet.knobs(stock_pair_interval_seconds=0, price_updates_per_hour=1000)
        self.engine = Engine(database, self.cabinet, MovableClock())
        self.model = Model()
        self._configure()
        empty(database)
        self.store = Store(database)
        self.guids = dict(zip(ARTICLES, self.store.goods(*ARTICLES), strict=True))
        self.engine.cards()
        self.checked = 0
        for channel in CHANNELS:
            self.send(channel)

    def do(self, action: tuple[Any, ...]) -> None:
        getattr(self, action[0])(*action[1:])

    def price(self, article: str, price: str | None) -> None:
        self.store.set_price(self.guids[article], price)

    def stock(self, article: str, count: int) -> None:
        self.store.set_stock(self.guids[article], count)

    def plan(self, channel: str) -> None:
        self.engine.plan(channel)

    def send(self, channel: str) -> None:
        self.plan(channel)
        self.upload(channel)

    def upload(self, channel: str) -> None:
        self.engine.clock.advance(seconds=40)  # beyond the pause between two stocks of one pair
        now = self.engine.clock.now()
        self.engine.upload(channel)
        self._check(now)

    def look(self, channel: str) -> None:
        look(self.engine.database, self.engine.clock, ACCOUNT, channel)
        self.model.seen[channel] = self._held(channel)

    def verdict(self, channel: str, verdict: Verdict, hours: int) -> None:
        """A person looks, and decides about the newest request a moment later."""
        self.look(channel)
        found = self.engine.rows(
            "select max(request_id) as n from hold_request where channel = %s and state = 'open'", channel
        )[0]["n"]
        if found is None:
            return
        now = self.engine.clock.now()
        decide(self.engine.runtime, found, verdict, author="x", reason="y", valid=timedelta(hours=hours))
        for key in self.model.seen[channel]:
            self.model.released.pop(key, None)
            if verdict is Verdict.RELEASED:
                self.model.released[key] = now + timedelta(hours=hours, seconds=1)

    def wait(self, hours: float) -> None:
        self.engine.clock.advance(hours=hours)

    def mode(self, mode: Mode) -> None:
        self.model.mode = mode
        self._configure()

    def zero(self, article: str, off: bool) -> None:
        stops = Stops(self.engine.database, self.engine.clock)
        target = stops.find(article, ACCOUNT)
        if off:
            stops.zero(ACCOUNT, target, Person("x", "y"), [])
            self.model.zeroed.add(article)
        else:
            stops.sell(ACCOUNT, target, Person("x"), [])
            self.model.zeroed.discard(article)

    def settle(self) -> None:
        """Sound values, an account that is trusted, and time: everything ends as the store wants it."""
        self.mode(Mode.SEND)
        for article in ARTICLES:
            self.zero(article, False)
            self.stock(article, 5)
            self.price(article, "1000")
        for channel in CHANNELS:
            self.send(channel)
            self.verdict(channel, Verdict.RELEASED, 24)
            self.send(channel)

    def _configure(self) -> None:
        guards = {
            "price": {"largest_change": float(LARGEST_CHANGE)},
            "mass": {"zeroed": 1.0, "dropped": 1.0, "repriced": 1.0},
        }
        self.engine.configure(mode=self.model.mode, guards=guards)

    def _held(self, channel: str) -> set[Key]:
        found = self.engine.changes(channel, state="held")
        return {(channel, row["article"], row["to_amount"]) for row in found if row["to_amount"] is not None}

    def _check(self, now: datetime) -> None:
        there = {shown["product_id"]: article for article, shown in self.cabinet.state().items()}
        for path, channel, name, value in (
            (PRICES, "price", "prices", "price"),
            (STOCKS, "stock", "stocks", "stock"),
        ):
            for body in self.cabinet.writes(path, self.checked):
                for item in body[name]:
                    key = (channel, there[item["product_id"]], Decimal(str(item[value])))
                    assert self.model.may_send(key, now), (key, now, self.model)
                    if channel == "price":
                        steps = self.model.steps[key[1]]
                        steps.append((now, steps[-1][2] if steps else None, key[2]))
        self.checked = self.cabinet.now()


@settings(
    max_examples=examples(6),
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories)
def test_nothing_goes_out_that_was_held_and_that_nobody_released(
    database: Database, sandbox: Sandbox, history: list[tuple[Any, ...]]
) -> None:
    world = World(database, sandbox)
    for action in history:
        world.do(action)
    world.settle()
    assert {
        article: shown[MOSCOW]["present"] for article, shown in _stocks(world.cabinet).items()
    } == dict.fromkeys(ARTICLES, 5)
    assert world.engine.held("price") == world.engine.held("stock") == {}


def _stocks(cabinet: Cabinet) -> dict[str, Any]:
    return {article: there["stocks"] for article, there in cabinet.state().items()}
