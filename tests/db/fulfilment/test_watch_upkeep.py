"""Keys that expire, figures beside Ozon's thresholds, and what is forgotten of orders, each after its own time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fulfil_kit import ACCOUNT, Shop

from marketsync import steps
from marketsync.steps.figures import order_figures
from marketsync.steps.keys import look_at_keys
from marketsync.steps.order_upkeep import erase_buyers, forget_orders


def open_alerts(shop: Shop, prefix: str) -> dict[str, str]:
    rows = shop.rows(
        "select key, level from alert where ended_at is null and starts_with(key, %s) order by key", prefix
    )
    return {row["key"]: row["level"] for row in rows}


def do(shop: Shop, query: str, *values: Any) -> None:
    with shop.database.transaction() as connection:
        connection.execute(query, values)


def test_a_key_is_told_at_each_of_its_days_and_when_it_is_not_taken(shop: Shop) -> None:
    shop.there.of_cabinet("key", expires_at=(shop.clock.now() + timedelta(days=40)).isoformat())
    assert look_at_keys(shop.runtime) == {"keys_expiring": 0, "keys_refused": 0}
    for ahead, told in (
        (10.5, {"key/ozon/30": "notice"}),
        (10, {"key/ozon/30": "notice"}),
        (6, {"key/ozon/14": "warning"}),
        (7, {"key/ozon/7": "warning"}),
        (5.8, {"key/ozon/1": "urgent"}),
    ):
        shop.clock.advance(days=ahead)
        assert look_at_keys(shop.runtime)["keys_expiring"] == 1
        assert open_alerts(shop, "key/") == told
    assert len(shop.rows("select 1 from alert")) == 4
    shop.there.of_cabinet("key", state="deactivated")
    assert look_at_keys(shop.runtime) == {"keys_expiring": 0, "keys_refused": 1}
    assert open_alerts(shop, "key/")["key/ozon/refused"] == "urgent"
    shop.there.of_cabinet(
        "key", state="active", expires_at=(shop.clock.now() + timedelta(days=90)).isoformat()
    )
    assert look_at_keys(shop.runtime) == {"keys_expiring": 0, "keys_refused": 0}
    assert open_alerts(shop, "key/") == {}


def test_figures_are_read_with_their_thresholds_and_warn_before_these_are_crossed(shop: Shop) -> None:
    number = shop.order()
    assert order_figures(shop.runtime)["figures"] > 0
    kept = {row["name"]: row for row in shop.rows("select * from order_figure")}
    index = kept["rating_general_indicator_fbs_rfbs"]
    assert (index["warning"], index["danger"]) == (4, 40)
    assert kept["errors_14d"]["value"] == 0
    assert kept["errors_14d"]["warning"] == 4
    assert open_alerts(shop, "figure/") == {}
    do(
        shop,
        "update posting set status = 'cancelled', cancellation = '{\"by\": \"seller\"}' where number = %s",
        number,
    )
    order_figures(shop.runtime, ACCOUNT)
    assert open_alerts(shop, "figure/") == {"figure/ozon/errors": "urgent"}
    (alert,) = shop.rows("select message from alert where key = 'figure/ozon/errors'")
    assert "за порогом блокировки: 100.00 при пороге 40" in alert["message"]


def test_a_marketplace_that_cannot_be_asked_leaves_its_figures_as_they_were(shop: Shop) -> None:
    shop.order()
    shop.there.fault("/v1/rating/summary", "500")
    assert order_figures(shop.runtime)["figures"] > 0
    assert shop.rows("select 1 from order_figure where name = 'orders'")


@pytest.fixture
def ended(shop: Shop) -> Shop:
    """Orders 1, 2, 3 that ended 10, 70 and 500 days ago, each with a label; the first two with a buyer."""
    for number, days in (("1", 10), ("2", 70), ("3", 500)):
        at = shop.clock.now() - timedelta(days=days)
        do(
            shop,
            "with p as (insert into posting (account, number, status, status_there, scheme, received_at, changed_at) "
            "values (%s, %s, 'delivered', '', 'seller', %s, %s) returning posting_id) "
            "insert into label (posting_id, file, hash, bytes, pages, kept_at) "
            "select posting_id, 'labels/' || %s || '.pdf', '', 1, 1, %s from p",
            ACCOUNT, number, at, at, number, at,
        )  # fmt: skip
        shop.runtime.files.write(f"labels/{number}.pdf", b"%PDF")
    return shop


def test_labels_and_orders_go_after_their_time_with_what_hangs_on_them(ended: Shop) -> None:
    now = ended.clock.now()
    for key, days in (("old", 91), ("young", 1)):
        at = now - timedelta(days=days)
        do(
            ended,
            "insert into posting_event (account, source, event_key, kind, told, received_at, state) values "
            "('ozon', 'poll', %s || '-done', 'read', '{}', %s, 'done'), "
            "('ozon', 'poll', %s || '-aside', 'read', '{}', %s, 'set_aside')",
            key, at, key, at,
        )  # fmt: skip
        do(
            ended,
            "insert into alert (key, level, message, since, raised_at, ended_at) "
            "values (%s, 'notice', '', %s, %s, %s), (%s || '-open', 'notice', '', %s, %s, null)",
            key, at, at, at, key, at, at,
        )  # fmt: skip
        do(ended, "insert into erp_pack (consumer, made_at, answered_at) values ('erp', %s, %s)", at, at)
    runtime = ended.runtime
    counts = forget_orders(runtime)
    expected = {"labels": 2, "orders": 1, "order_events": 1, "packs": 1, "alerts": 1}
    assert {name: counts[name] for name in expected} == expected
    assert [row["number"] for row in ended.rows("select number from posting order by 1")] == ["1", "2"]
    assert runtime.files.list() == ["labels/1.pdf"]
    assert [row["key"] for row in ended.rows("select key from alert order by 1")] == [
        "old-open",
        "young",
        "young-open",
    ]
    again = forget_orders(runtime)
    assert {name: count for name, count in again.items() if count} == {}


def test_buyers_go_after_the_end_of_their_order_and_at_the_latest_after_a_while(ended: Shop) -> None:
    now = ended.clock.now()
    for number, days in (("open", 80), ("forgotten", 91)):
        at = now - timedelta(days=days)
        do(
            ended,
            "insert into posting (account, number, status, status_there, received_at, changed_at) "
            "values (%s, %s, 'shipping', '', %s, %s)",
            ACCOUNT, number, at, at,
        )  # fmt: skip
    do(
        ended,
        "insert into buyer (posting_id, person, erase_after) select posting_id, '{}', %s from posting",
        now + timedelta(days=300),
    )
    # of an account that accounts.yaml has no more, only the buyer's own time counts
    for number, days in (("gone", 1), ("gone-later", -1)):
        do(
            ended,
            "with p as (insert into posting (account, number, status, status_there, received_at, changed_at) "
            "values ('sold', %s, 'new', '', %s, %s) returning posting_id) "
            "insert into buyer (posting_id, person, erase_after) select posting_id, '{}', %s from p",
            number, now, now, now - timedelta(days=days),
        )  # fmt: skip
    # killed between the file and the row: the next run goes on
    ended.runtime.files.delete("labels/2.pdf")
    assert erase_buyers(ended.runtime) == 4
    left = ended.rows("select number from buyer join posting using (posting_id) order by 1")
    assert [row["number"] for row in left] == ["1", "gone-later", "open"]
    assert ended.runtime.files.list() == ["labels/1.pdf"]
    do(
        ended,
        "insert into buyer (posting_id, person, erase_after) select posting_id, '{}', now() from posting "
        "on conflict (posting_id) do nothing",
    )
    assert len(ended.rows("select 1 from buyer")) == 3
    assert steps.housekeeping(ended.runtime)["buyers_erased"] == 0
