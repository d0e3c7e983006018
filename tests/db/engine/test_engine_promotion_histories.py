"""Over any history no action price is sent above the action's limit, below the floor, or above the ordinary price.

The judge knows the sandbox's log and what the test did to the terms, nothing of the engine: a call's prices are held
against what our own calls had put in force when it arrived, those without an answer included. What people set in the
cabinet is not known before it is read.
"""

from __future__ import annotations

import contextlib
import itertools
import json
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from engine_kit import PRICES, Cabinet, Engine, MovableClock, Sandbox, Store, empty, examples
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from promotion_kit import DEACTIVATE, UPDATE, Actions, configured

from marketsync.db import Database
from marketsync.errors import MarketsyncError

ARTICLES = ("A-1", "A-2")
FLOOR = Decimal(600)
_LIMITS = {"voucher": "1100", "moving": "900"}
_client_ids = itertools.count(800_001)

articles = st.sampled_from(ARTICLES)
ordinary = st.sampled_from(("1000", "1000", "900", "1200", "820", "700", "0", None))
premium = st.sampled_from(("850", "950", "800", "870", "950", "700", "610", "599", "0.01", "0", None))
limits = st.sampled_from(("900", "860", "810", "1100", None))
kinds = st.sampled_from(("voucher", "moving"))
events = st.one_of(
    st.tuples(st.just("limit"), kinds, articles, limits),
    st.tuples(st.just("limit"), kinds, articles, limits),
    st.tuples(st.just("member"), kinds, articles, st.sampled_from((None, "640", "805"))),
    st.tuples(st.just("edit"), articles, st.sampled_from(("830", "990"))),
    st.tuples(st.just("end"), kinds),
    st.tuples(st.just("again"), kinds),
    st.tuples(st.just("mark"), articles, st.booleans()),
)
weathers = st.sampled_from(
    (
        None,
        None,
        (UPDATE, "timeout_after"),
        (UPDATE, "timeout_before"),
        (DEACTIVATE, "short_answer"),
        (PRICES, "timeout_after"),
        (PRICES, "timeout_before"),
    )
)
turns = st.fixed_dictionaries(
    {
        "ordinary": st.fixed_dictionaries(dict.fromkeys(ARTICLES, ordinary)),
        "premium": st.fixed_dictionaries(dict.fromkeys(ARTICLES, premium)),
        "events": st.lists(events, max_size=2),
        "late": st.lists(st.tuples(st.just("premium"), articles, premium), max_size=1),
        "weather": weathers,
        "reads": st.sampled_from((False, False, True)),
    }
)


Members = dict[str, Decimal]


class World:
    """Plays a history, and replays the sandbox's log beside it: what was in force when each call arrived."""

    def __init__(self, database: Database, sandbox: Sandbox) -> None:
        sandbox.call("POST", "/reset")
        self.cabinet = Cabinet(sandbox, str(next(_client_ids)))
        self.cabinet.knobs(stock_pair_interval_seconds=0, price_updates_per_hour=1000)
        self.actions = Actions(self.cabinet)
        self.engine = Engine(database, self.cabinet, MovableClock())
        empty(database)
        self.store = Store(database)
        self.guids = {each: self.store.good(each, floor=str(FLOOR)) for each in ARTICLES}
        self.engine.cycle()
        self.by_id = {str(there["product_id"]): each for each, there in self.cabinet.state().items()}
        self.limits: dict[str, dict[str, Decimal | None]] = {}
        self.moving: set[str] = set()
        self.current: dict[str, str] = {}
        self.price = dict.fromkeys(ARTICLES, Decimal(1000))
        self.inside: dict[str, Members] = defaultdict(dict)
        self.wanted: dict[str, str | None] = dict.fromkeys(ARTICLES, "1000")
        for kind in ("voucher", "moving"):
            self._start(kind)
        configured(self.engine, "voucher", "moving")

    def play(self, turn: dict[str, Any]) -> None:
        """One run of X__prices after some changes, with a last one between plan and call, and the weather."""
        for article in ARTICLES:
            self._ordinary(article, turn["ordinary"][article])
            self._premium(article, turn["premium"][article])
        for event, *arguments in turn["events"]:
            getattr(self, f"_{event}")(*arguments)
        self.judged(turn["late"], turn["weather"])
        if turn["reads"]:
            with contextlib.suppress(MarketsyncError):
                self.engine.reconcile()

    def judged(
        self, late: Sequence[tuple[str, str, str | None]] = (), weather: tuple[str, str] | None = None
    ) -> None:
        """One run, and every call of it held against what was in force when it arrived."""
        shown = {article: Decimal(amount) for article, amount in self.cabinet.prices().items()}
        for action in self.limits:
            still = self.actions.members(action)
            for article in self.inside[action].keys() - still.keys():
                del self.inside[action][article]
        since = self.cabinet.now()
        if weather:
            self.cabinet.fault(*weather)
        self._run(late)
        self.cabinet.no_faults()
        for call in self.cabinet.calls(since=since):
            if call["path"] in (UPDATE, DEACTIVATE, PRICES) and call["fault"] != "timeout_before":
                self._replay(call, shown)

    def _replay(self, call: dict[str, Any], shown: dict[str, Decimal]) -> None:
        price, inside, sent = self.price, self.inside, json.loads(call["request_body"])
        if call["path"] == PRICES:
            for item in sent["prices"]:
                article, amount = self.by_id[str(item["product_id"])], Decimal(item["price"])
                for action in self.limits.keys() - self.moving:
                    there = inside[action].get(article)
                    assert there is None or amount > there, (article, "price", amount, "action", there)
                if abs(amount - shown[article]) * 2 <= shown[article]:  # else it waits in quarantine
                    price[article] = shown[article] = amount
            return
        action = str(sent["action_id"])
        if call["path"] == DEACTIVATE:
            for product in sent["product_ids"]:
                inside[action].pop(self.by_id[str(product)], None)
            return
        for product in sent["products"]:
            article = self.by_id[str(product["product_id"])]
            amount, limit = Decimal(product["action_price"]["amount"]), self.limits[action].get(article)
            assert amount >= FLOOR, (article, amount)
            if action in self.moving and article in inside[action] and (limit is None or amount > limit):
                assert amount == Decimal(self.wanted[article] or 0), "the way out is the ordinary price"
                inside[action].pop(article)
            else:
                assert limit is not None, (article, amount, "no candidate")
                assert amount <= limit, (article, amount, "limit", limit)
                ordinary = (
                    price[article] if action not in self.moving else self.wanted[article] or price[article]
                )
                assert amount < Decimal(ordinary) or amount == inside[action].get(article), (article, amount)
                inside[action][article] = amount
            if action in self.moving:
                price[article] = shown[article] = amount

    def _run(self, late: Sequence[tuple[str, str, str | None]]) -> None:
        self.engine.clock.advance(minutes=10)
        for channel in ("promotion", "price"):
            self.engine.plan(channel)
        for _, article, amount in late:
            self._premium(article, amount)
        for channel in ("promotion", "price", "promotion"):
            with contextlib.suppress(MarketsyncError):
                self.engine.upload(channel)

    def _start(self, kind: str) -> None:
        action = self.actions.make(
            kind, voucher=kind == "voucher", candidates=dict.fromkeys(ARTICLES, _LIMITS[kind])
        )
        self.current[kind] = action
        self.limits[action] = dict.fromkeys(ARTICLES, Decimal(_LIMITS[kind]))
        if kind == "moving":
            self.moving.add(action)

    def _ordinary(self, article: str, amount: str | None) -> None:
        self.wanted[article] = amount
        self.store.set_price(self.guids[article], amount)

    def _premium(self, article: str, amount: str | None) -> None:
        self.store.set_price(self.guids[article], amount, kind="premium")

    def _limit(self, kind: str, article: str, limit: str | None) -> None:
        action = self.current[kind]
        self.limits[action][article] = Decimal(limit) if limit else None
        terms = {"max_action_price": limit} if limit else None
        self.actions.change(action, candidates={article: terms})

    def _member(self, kind: str, article: str, amount: str | None) -> None:
        action = self.current[kind]
        if amount is None or self.limits[action][article]:
            self.actions.change(action, members={article: {"action_price": amount} if amount else None})

    def _edit(self, article: str, amount: str) -> None:
        self.cabinet.edit(article, price=amount)

    def _end(self, kind: str) -> None:
        self.actions.change(self.current[kind], end=True)

    def _again(self, kind: str) -> None:
        self._end(kind)
        self._start(kind)

    def _mark(self, article: str, marked: bool) -> None:
        self.store.mark(self.guids[article], marked)
        with contextlib.suppress(MarketsyncError):
            self.engine.cards()


@settings(
    max_examples=examples(5),
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(turns, min_size=2, max_size=3))
def test_no_action_price_breaks_the_terms(
    database: Database, sandbox: Sandbox, history: list[dict[str, Any]]
) -> None:
    world = World(database, sandbox)
    for turn in history:
        world.play(turn)
    for _ in range(2):  # whatever waited for something else
        world.judged()
