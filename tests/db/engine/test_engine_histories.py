"""Any history of changes, edits, failures and cycles ends equal to a small model of what the store wants.

The model knows the store's last values and the guards, nothing of the engine: what was confirmed is read from the
sandbox's log, by what its answers said and whether they arrived.
"""

from __future__ import annotations

import contextlib
import itertools
import json
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine_kit import CARDS, MOSCOW, PRICES, WRITES, Cabinet, Engine, MovableClock, Sandbox, Store, empty
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketsync.db import Database
from marketsync.errors import MarketsyncError

ARTICLES = ("A-1", "A-2")
FLOOR, CEILING, LARGEST_CHANGE = Decimal(100), Decimal(5000), Decimal("0.5")
_KEPT = (
    "schema_version",
    "dictionary_category",
    "dictionary_attribute",
    "dictionary_value",
    "mapping_version",
)
_ARRIVED = {None, "short_answer"}
_client_ids = itertools.count(700_001)

GOOD_PRICES = ("800", "900", "1000", "1200", "1400")
BAD_PRICES = (None, "0", "-5", "99", "5001")
articles = st.sampled_from(ARTICLES)
actions = st.one_of(
    st.tuples(st.just("price"), articles, st.sampled_from(GOOD_PRICES + BAD_PRICES)),
    st.tuples(st.just("stock"), articles, st.integers(-2, 9)),
    st.tuples(st.just("name"), articles, st.sampled_from(("Имя один", "Имя два"))),
    st.tuples(st.just("mark"), articles, st.booleans()),
    st.tuples(st.just("edit_price"), articles, st.sampled_from(("850.00", "1100.00"))),
    st.tuples(st.just("edit_stock"), articles, st.integers(0, 50)),
    st.tuples(st.just("edit_name"), articles, st.just("Правка в кабинете")),
    st.tuples(
        st.just("fault"),
        st.sampled_from(WRITES),
        st.sampled_from(("timeout_before", "timeout_after", "truncated", "500", "429", "short_answer")),
    ),
    st.tuples(st.just("calm")),
    st.tuples(st.just("cycle")),
    st.tuples(st.just("cycle")),
    st.tuples(st.just("reconcile")),
)
histories = st.lists(actions, min_size=3, max_size=9)


@dataclass
class Wanted:
    """What the store wants of one good."""

    guid: str
    price: str | None = "1000"
    stock: int = 5
    name: str = ""
    marked: bool = True

    @property
    def price_is_sound(self) -> bool:
        return self.price is not None and FLOOR <= Decimal(self.price) <= CEILING


@dataclass
class Sent:
    """What the sandbox's log says of one good.

    Attributes:
        prices: everything that was sent to the price method, oldest first.
        references: what a guard may have compared with: confirmed, or shown after a doubt or an edit.
    """

    prices: list[Decimal] = field(default_factory=list)
    references: set[Decimal] = field(default_factory=set)
    confirmed: Decimal | None = None

    def may_send(self, price: Decimal) -> bool:
        if not FLOOR <= price <= CEILING:
            return False
        known = self.references
        return not known or any(abs(price - known_one) <= known_one * LARGEST_CHANGE for known_one in known)


def sent_prices(cabinet: Cabinet, edits: dict[str, set[Decimal]]) -> dict[str, Sent]:
    """Read the log, and assert on the way that every price in it passed the guards."""
    by_id = {there["product_id"]: article for article, there in cabinet.state().items()}
    found: dict[str, Sent] = defaultdict(Sent)
    for article, values in edits.items():
        found[article].references |= values
    for call in cabinet.calls():
        if call["path"] not in (CARDS, PRICES):
            continue
        body = json.loads(call["request_body"])
        for item in body.get("prices", ()):
            history, price = found[by_id[item["product_id"]]], Decimal(item["price"])
            assert history.may_send(price), (by_id[item["product_id"]], price, history)
            history.prices.append(price)
            history.references.add(price)
        for item in body.get("items", ()):
            price = Decimal(item["price"])
            assert FLOOR <= price <= CEILING, item
            found[item["offer_id"]].references.add(price)
        if call["path"] == PRICES and call["status"] == 200 and call["fault"] in _ARRIVED:
            for row in json.loads(call["answer_body"])["result"]:
                if row["updated"]:
                    history = found[row["offer_id"]]
                    history.confirmed = history.prices[-1]
    return found


class History:
    """Plays a history against the engine and keeps the model beside it."""

    def __init__(self, database: Database, sandbox: Sandbox) -> None:
        sandbox.call("POST", "/reset")
        self.cabinet = Cabinet(sandbox, str(next(_client_ids)))
        self.cabinet.knobs(stock_pair_interval_seconds=0, price_updates_per_hour=1000)
        self.engine = Engine(database, self.cabinet, MovableClock())
        self.engine.configure(guards={"price": {"ceiling": CEILING, "largest_change": float(LARGEST_CHANGE)}})
        empty(database)
        self.store = Store(database)
        self.model = {
            article: Wanted(self.store.good(article), name=f"Конструктор {article}") for article in ARTICLES
        }
        self.edits: dict[str, set[Decimal]] = defaultdict(set)

    def play(self, action: tuple[Any, ...]) -> None:
        getattr(self, f"_{action[0]}")(*action[1:])

    def settle(self) -> None:
        """Calm down, and give the engine the time that it needs: a day, for what was refused."""
        self._calm()
        for _ in range(2):
            self._cycle()
            self._reconcile()
        self._cycle()

    def _price(self, article: str, price: str | None) -> None:
        self.model[article].price = price
        self.store.set_price(self.model[article].guid, price)

    def _stock(self, article: str, count: int) -> None:
        self.model[article].stock = count
        self.store.set_stock(self.model[article].guid, count)

    def _name(self, article: str, name: str) -> None:
        self.model[article].name = name
        self.store.change(self.model[article].guid, name=name)

    def _mark(self, article: str, marked: bool) -> None:
        self.model[article].marked = marked
        self.store.mark(self.model[article].guid, marked)

    def _edit_price(self, article: str, price: str) -> None:
        if article in self.cabinet.state():
            self.edits[article].add(Decimal(price))
            self.cabinet.edit(article, price=price)

    def _edit_stock(self, article: str, count: int) -> None:
        if article in self.cabinet.state():
            self.cabinet.edit(article, stock={MOSCOW: count})

    def _edit_name(self, article: str, name: str) -> None:
        if article in self.cabinet.state():
            self.cabinet.edit(article, name=name)

    def _fault(self, path: str, kind: str) -> None:
        self.cabinet.fault(path, kind, probability=0.7)

    def _calm(self) -> None:
        self.cabinet.no_faults()

    def _cycle(self) -> None:
        """Each pipeline is a run of its own: one that fails does not stop the others."""
        self.engine.clock.advance(minutes=10)
        for pipeline in (
            self.engine.cards,
            lambda: self.engine.send("price"),
            lambda: self.engine.send("stock"),
        ):
            with contextlib.suppress(MarketsyncError):
                pipeline()

    def _reconcile(self) -> None:
        with contextlib.suppress(MarketsyncError):
            self.engine.reconcile(after=7200)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories)
def test_any_history_ends_as_the_store_wants(
    database: Database, sandbox: Sandbox, history: list[tuple[Any, ...]]
) -> None:
    world = History(database, sandbox)
    for action in history:
        world.play(action)
    world.settle()

    sent = sent_prices(world.cabinet, world.edits)
    there, held = world.cabinet.state(), world.engine.held()
    assert world.engine.changes("stock", state="sent") == []
    for article, wanted in world.model.items():
        if article not in there:
            assert not (wanted.marked and wanted.price_is_sound), article
            assert article not in sent
            continue
        shown, log = there[article], sent[article]
        assert world.cabinet.stocks()[article] == (max(wanted.stock, 0) if wanted.marked else 0)
        if not wanted.marked:
            continue
        if log.confirmed is not None:
            assert shown["name"] == wanted.name
        if not wanted.price_is_sound:
            assert article in held
            continue
        price = Decimal(wanted.price or 0)
        if article in held:
            assert held[article] == "price_jump"
            assert any(abs(price - known) > known * LARGEST_CHANGE for known in log.references)
        else:
            pending = shown["quarantine"]
            assert Decimal(pending["price"] if pending else shown["price"]) == price
            assert engine_is_sure(world.engine, article)


def engine_is_sure(engine: Engine, article: str) -> bool:
    """Whether nothing of an offer is open or in doubt."""
    return not any(
        article in engine.in_doubt(channel) + engine.planned(channel)
        for channel in ("card", "price", "stock")
    )
