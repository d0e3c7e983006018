"""Any history of articles in 1C, renames in the cabinet and lost answers leaves every good the card that it had."""

from __future__ import annotations

import contextlib
import itertools
from typing import Any

from engine_kit import CARDS, Cabinet, Engine, MovableClock, Sandbox, Store, empty, examples
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from marketsync.db import Database
from marketsync.errors import MarketsyncError

RENAMES, INFO = "/v1/product/update/offer-id", "/v3/product/info/list"
GOODS = 4
ARTICLES = ("A-1", "A-2", "A-3", "A-4", "A-5")
_client_ids = itertools.count(800_001)

goods = st.integers(0, GOODS - 1)
articles = st.sampled_from(ARTICLES)
in_store = st.one_of(
    st.permutations(ARTICLES).map(lambda order: list(enumerate(order[:GOODS]))),
    st.lists(st.tuples(goods, articles), max_size=3),
)
# a card that is renamed there while it has something else to say is the one that could be made a second time
in_cabinet = st.lists(st.tuples(goods, st.sampled_from((*ARTICLES, "X-1", "X-2")), st.booleans()), max_size=2)
turns = st.fixed_dictionaries(
    {
        "store": in_store,
        "cabinet": in_cabinet,
        "changed": st.lists(goods, max_size=2),
        "gone": st.lists(st.tuples(goods, st.booleans()), max_size=1),
        "fault": st.tuples(
            st.sampled_from((RENAMES, CARDS, INFO)),
            st.sampled_from(("timeout_after", "timeout_before", "500", "short_answer")),
            st.integers(0, 2),
        ),
        "reads": st.booleans(),
    }
)


class History:
    """Plays a history; a card is known by its good's number in its name."""

    def __init__(self, database: Database, sandbox: Sandbox) -> None:
        sandbox.call("POST", "/reset")
        self.cabinet = Cabinet(sandbox, str(next(_client_ids)))
        self.engine = Engine(database, self.cabinet, MovableClock())
        empty(database)
        self.store = Store(database)
        self.guids = [self.store.good(ARTICLES[number], name=f"Товар {number}") for number in range(GOODS)]
        self.versions = itertools.count(1)
        self.cards: dict[str, int] = {}

    def play(self, turn: dict[str, Any]) -> None:
        for good, article in turn["store"]:
            self.store.change(self.guids[good], article=article)
        for good in turn["changed"]:
            self.rewrite(good)
        for good, wanted in turn["gone"]:
            self.store.mark(self.guids[good], wanted)
        for good, article, changed in turn["cabinet"]:
            if changed:
                self.rewrite(good)
            there = self.cabinet.state()
            if article not in there:
                mine = [name for name, card in there.items() if self.good_of(card) == good]
                self.cabinet.edit(mine[0], article=article)
        path, kind, count = turn["fault"]
        self.cabinet.no_faults()
        if count:
            self.cabinet.fault(path, kind, count=count)
        self.cycle()
        if turn["reads"]:
            self.reconcile()

    def rewrite(self, good: int) -> None:
        self.store.change(self.guids[good], name=f"Товар {good} v{next(self.versions)}")

    def cycle(self) -> None:
        self.engine.clock.advance(minutes=20)
        with contextlib.suppress(MarketsyncError):
            self.engine.cards()
        self.check_cards()

    def reconcile(self) -> None:
        with contextlib.suppress(MarketsyncError):
            self.engine.reconcile()

    def good_of(self, card: dict[str, Any]) -> int:
        return int(card["name"].split()[1])

    def check_cards(self) -> None:
        """Each good has one card, and it is the one that it has always had."""
        found: dict[str, int] = {}
        for card in self.cabinet.state().values():
            name = f"Товар {self.good_of(card)}"
            assert name not in found, f"two cards of {name}"
            found[name] = card["product_id"]
        assert self.cards.items() <= found.items()
        self.cards = found


@settings(
    max_examples=examples(4),
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # a history that fails is short already
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(turns, min_size=2, max_size=4), last=st.permutations(ARTICLES))
def test_every_good_keeps_its_card_whatever_it_is_called(
    database: Database, sandbox: Sandbox, history: list[dict[str, Any]], last: list[str]
) -> None:
    world = History(database, sandbox)
    world.engine.cycle()  # with prices: a card without one is not sent again
    world.check_cards()
    assert len(world.cards) == GOODS
    for turn in history:
        world.play(turn)

    world.cabinet.no_faults()
    for good, guid in enumerate(world.guids):
        world.store.change(guid, article=last[good], name=f"Товар {good} в конце")
        world.store.mark(guid, True)
    world.engine.clock.advance(days=1)  # what was refused yesterday is tried again
    for _ in range(3):
        world.cycle()
        world.reconcile()
    world.cycle()
    there = world.cabinet.state()
    assert {article: world.good_of(card) for article, card in there.items()} == {
        last[good]: good for good in range(GOODS)
    }
    assert {card["name"] for card in there.values()} == {f"Товар {good} в конце" for good in range(GOODS)}
    assert (world.engine.in_doubt("rename"), world.engine.refusals()) == ([], {})
