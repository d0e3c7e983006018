"""A living cabinet through everything at once: deliveries, people's edits, renames, lost answers, verdicts, readings.

The model is small. It knows the store's last values, what people wrote on their cards, which cards there were, and what
a person has released. It knows nothing of the engine. Whatever comes in whatever order: no good gets a second card,
nothing that people made is overwritten, no price passes the guards unreleased, and in the end no update is lost.
"""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine_kit import (
    ACCOUNT,
    CARDS,
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
)  # fmt: skip
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from marketsync.db import Database
from marketsync.errors import MarketsyncError
from marketsync.steps.release import decide
from marketsync.sync.release import Verdict, look

GOODS, ADOPTED = 4, 2
ARTICLES = ("A-1", "A-2", "A-3", "A-4", "A-5")
STRANGER = "Карточка, о которой магазин не знает"
FLOOR, CEILING = Decimal(100), Decimal(5000)
RENAMES = "/v1/product/update/offer-id"
_client_ids = itertools.count(950_001)

goods = st.integers(0, GOODS - 1)
deliveries = st.lists(
    st.one_of(
        st.tuples(
            st.just("price"), goods, st.sampled_from(("1000", "1200", "900", "400", "99", "6000", "0"))
        ),
        st.tuples(st.just("stock"), goods, st.sampled_from((5, 3, 0, -2))),
        st.tuples(st.just("text"), goods),
        st.tuples(st.just("article"), goods, st.sampled_from(ARTICLES)),
        st.tuples(st.just("mark"), goods, st.booleans()),
    ),
    max_size=5,
)
edits = st.lists(
    st.one_of(
        st.tuples(st.just("price"), goods, st.sampled_from(("850.00", "1100.00"))),
        st.tuples(st.just("stock"), goods, st.sampled_from((0, 50))),
        st.tuples(st.just("name"), goods),
        st.tuples(st.just("article"), goods, st.sampled_from((*ARTICLES, "X-1"))),
    ),
    max_size=2,
)
turns = st.fixed_dictionaries(
    {
        "delivery": deliveries,
        "edits": edits,
        "weather": st.tuples(
            st.sampled_from((CARDS, PRICES, STOCKS, RENAMES)),
            st.sampled_from(("timeout_after", "timeout_before", "500", "truncated", "short_answer")),
            st.integers(0, 2),
        ),
        "verdict": st.sampled_from((None, Verdict.RELEASED, Verdict.DISCARDED)),
        "late": deliveries,
        "reads": st.booleans(),
    }
)


@dataclass
class Good:
    """What the store says of one good, and its card."""

    guid: str
    article: str
    name: str
    price: Decimal = Decimal(1000)
    stock: int = 5
    marked: bool = True
    card: int | None = None
    theirs: str | None = None
    """The name that people gave the card, where they made it."""


class Life:
    """A cabinet in which people have worked, adopted; then turns, each one checked."""

    def __init__(self, database: Database, sandbox: Sandbox) -> None:
        sandbox.call("POST", "/reset")
        self.cabinet = Cabinet(sandbox, str(next(_client_ids)))
        self.cabinet.knobs(stock_pair_interval_seconds=0, price_updates_per_hour=1000)
        self.engine = Engine(database, self.cabinet, MovableClock())
        calm = {"zeroed": 1.0, "dropped": 1.0, "repriced": 1.0, "renamed": 1.0}
        self.engine.configure(guards={"price": {"ceiling": CEILING}, "mass": calm})
        empty(database)
        self.store = Store(database)
        self.versions = itertools.count(1)
        self.goods = [
            Good(self.store.good(article, name=f"Товар {number}"), article, f"Товар {number}")
            for number, article in enumerate(ARTICLES[:GOODS])
        ]
        for good in self.goods[:ADOPTED]:
            good.theirs = f"Сделано руками: {good.article}"
            self.cabinet.make_card(
                good.article,
                name=good.theirs,
                price="1000.00",
                stocks={MOSCOW: {"present": 1, "reserved": 0}},
            )
        self.cabinet.make_card(
            "S-1", name=STRANGER, price="777.00", stocks={MOSCOW: {"present": 7, "reserved": 0}}
        )
        self.stranger = self.cabinet.state()["S-1"]
        self.released: set[tuple[str, Decimal]] = set()
        self.checked = 0
        assert self.engine.adopt()["adopted"] == ADOPTED
        self.cycle()
        assert all(good.card for good in self.goods)

    def play(self, turn: dict[str, Any]) -> None:
        """A delivery, people's edits, the weather, a cycle in it with a later delivery inside, a verdict, a reading."""
        for change in turn["delivery"]:
            self.deliver(*change)
        for edit in turn["edits"]:
            self.edit(*edit)
        path, kind, count = turn["weather"]
        self.cabinet.no_faults()
        if count:
            self.cabinet.fault(path, kind, count=count)
        self.cycle(turn["late"])
        if turn["verdict"]:
            self.decide(turn["verdict"])
        if turn["reads"]:
            self.reconcile()

    def deliver(self, what: str, number: int, value: Any = None) -> None:
        """1C says something new of a good."""
        good = self.goods[number]
        if what == "price":
            good.price = Decimal(value)
            self.store.set_price(good.guid, value)
        elif what == "stock":
            good.stock = value
            self.store.set_stock(good.guid, value)
        elif what == "text":
            good.name = f"Товар {number} v{next(self.versions)}"
            self.store.change(good.guid, name=good.name)
        elif what == "article":
            good.article = value
            self.store.change(good.guid, article=value)
        else:
            good.marked = value
            self.store.mark(good.guid, value)

    def edit(self, what: str, number: int, value: Any = None) -> None:
        """Somebody works in the cabinet, on the card of a good."""
        good = self.goods[number]
        there = self.cabinet.state()
        named = [article for article, shown in there.items() if shown["product_id"] == good.card]
        if not named or (what == "article" and value in there):
            return
        if what == "name":
            written = f"Правка {next(self.versions)}"
            if good.theirs is not None:
                good.theirs = written
            self.cabinet.edit(named[0], name=written)
        else:
            self.cabinet.edit(named[0], **{what: {MOSCOW: value} if what == "stock" else value})

    def cycle(self, late: Any = ()) -> None:
        """All pipelines once; a delivery may come between plan and call."""
        self.engine.clock.advance(minutes=20)
        with contextlib.suppress(MarketsyncError):
            self.engine.cards()
        for channel in ("price", "stock"):
            self.engine.plan(channel)
        for change in late:
            self.deliver(*change)
        for channel in ("price", "stock"):
            with contextlib.suppress(MarketsyncError):
                self.engine.upload(channel)
        self.check()

    def decide(self, verdict: Verdict) -> None:
        """A person looks at the held prices and decides about all of them."""
        look(self.engine.database, self.engine.clock, ACCOUNT, "price")
        held = self.engine.rows(
            "select p.guid, c.to_amount from change as c join offer as o using (offer_id) "
            "join product as p using (product_id) where c.channel = 'price' and c.state = 'held'"
        )
        asked = self.engine.rows(
            "select request_id from hold_request where channel = 'price' and state = 'open' order by 1 desc limit 1"
        )
        if not asked:
            return
        decide(self.engine.runtime, asked[0]["request_id"], verdict, author="x", reason="y")
        if verdict is Verdict.RELEASED:
            self.released |= {(row["guid"], row["to_amount"]) for row in held if row["to_amount"] is not None}

    def reconcile(self) -> None:
        """Read back, late enough that everything is visible."""
        with contextlib.suppress(MarketsyncError):
            self.engine.reconcile()

    def check(self) -> None:
        """What must hold at every moment."""
        there = {shown["product_id"]: shown for shown in self.cabinet.state().values()}
        stranger = there.pop(self.stranger["product_id"])
        assert stranger == self.stranger
        cards = {
            row["guid"]: int(row["external_id"])
            for row in self.engine.rows(
                "select p.guid, o.external_id from offer as o join product as p using (product_id) "
                "where o.external_id is not null"
            )
        }
        for good in self.goods:
            card = cards.get(good.guid, good.card)
            assert good.card in (None, card), f"{good.guid} has got another card"
            good.card = card
        # a card whose answer was lost is not known to be ours yet, but there is none beyond one for each good
        assert len(there) <= GOODS
        assert {good.card for good in self.goods if good.card} <= set(there)
        for good in self.goods:
            if good.theirs is not None and good.card is not None:
                assert there[good.card]["name"] == good.theirs
        guids = {good.card: good.guid for good in self.goods}
        for body in self.cabinet.writes(PRICES, self.checked):
            for item in body["prices"]:
                price, guid = Decimal(item["price"]), guids[item["product_id"]]
                assert price > 0
                assert FLOOR <= price <= CEILING or (guid, price) in self.released, (guid, price)
        self.checked = self.cabinet.now()

    def settle(self) -> None:
        """Sound values, a person who releases what is held, time: nothing may be lost."""
        self.cabinet.no_faults()
        for number, good in enumerate(self.goods):
            # another than at the adoption: what people call their card is theirs until 1C renames the good
            self.deliver("article", number, f"F-{number}")
            self.deliver("price", number, "1000")
            self.deliver("stock", number, 4)
            self.deliver("text", number)
            self.deliver("mark", number, True)
            assert good.marked
        self.engine.clock.advance(days=1)  # what was refused yesterday is tried again
        for _ in range(3):
            self.cycle()
            self.decide(Verdict.RELEASED)
            self.reconcile()
        self.cycle()
        there = self.cabinet.state()
        for good in self.goods:
            shown = there[good.article]
            assert shown["product_id"] == good.card
            assert Decimal(shown["price"]) == good.price
            assert self.cabinet.stocks()[good.article] == good.stock
            assert shown["name"] == (good.theirs or good.name)


@settings(
    max_examples=examples(3),
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(turns, min_size=2, max_size=5))
def test_a_living_cabinet_outlives_everything_at_once(
    database: Database, sandbox: Sandbox, history: list[dict[str, Any]]
) -> None:
    life = Life(database, sandbox)
    for turn in history:
        life.play(turn)
    life.settle()
