"""A key that is not let in: told once, with the account and what to do; nothing half done, and all goes on after."""

from __future__ import annotations

import pytest
from engine_kit import PRICES, STOCKS, Cabinet, Engine, Store

from marketsync import steps
from marketsync.accounts import Mode
from marketsync.errors import Fatal


@pytest.mark.parametrize(("channel", "path"), [("price", PRICES), ("stock", STOCKS)])
def test_a_deactivated_key_stops_a_channel_and_harms_nothing(
    engine: Engine, store: Store, cabinet: Cabinet, channel: str, path: str
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    engine.clock.advance(minutes=1)
    store.set_price(guid, "900")
    store.set_stock(guid, 2)
    cabinet.key(state="deactivated")
    before = cabinet.now()

    with pytest.raises(Fatal) as refused:
        engine.send(channel)

    told = str(refused.value)
    assert path in told
    assert "deactivated" in told
    assert "key" in told
    assert "sandbox" not in told  # the key itself
    assert len(cabinet.calls(path, before)) <= 4  # no storm of equal wrong requests: one a thread at most
    assert (engine.in_doubt(channel), engine.planned(channel)) == ([], ["A-1"])

    cabinet.key(state="active")
    engine.clock.advance(minutes=2)
    engine.cycle()
    assert (cabinet.prices(), cabinet.stocks()) == ({"A-1": "900.00"}, {"A-1": 2})


def test_an_account_that_only_observes_sends_nothing(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    store.good("A-1")
    engine.configure(mode=Mode.OBSERVE)
    engine.cycle()
    assert cabinet.writes() == []
    assert engine.planned("card") == ["A-1"]


@pytest.mark.parametrize("channel", ["price", ""], ids=["the channel", "the account"])
def test_a_stopped_channel_sends_nothing_and_the_others_go_on(
    engine: Engine, store: Store, cabinet: Cabinet, channel: str
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    engine.clock.advance(minutes=1)
    store.set_price(guid, "900")
    store.set_stock(guid, 2)
    engine.run(
        "insert into channel_stop (account, channel, reason, author, since) values (%s, %s, 'test', 'me', now())",
        engine.seller.account.id,
        channel,
    )
    engine.cycle()
    assert cabinet.prices() == {"A-1": "1000.00"}
    assert cabinet.stocks() == {"A-1": 2 if channel else 5}

    engine.run("delete from channel_stop")
    engine.cycle()
    assert (cabinet.prices(), cabinet.stocks()) == ({"A-1": "900.00"}, {"A-1": 2})


def test_a_full_export_outlives_the_next_ordinary_plan(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    store.goods("A-1", "A-2")
    engine.cycle()
    engine.clock.advance(minutes=1)
    before = cabinet.now()
    assert steps.plan_channel(engine.runtime, engine.seller.account.id, "price", full=True)["planned"] == 2
    engine.send("price")
    assert sorted(article for article, _ in cabinet.sent_prices(before)) == ["A-1", "A-2"]
