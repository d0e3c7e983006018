"""Prices in promotions: on the marketplace's terms, always below the ordinary price, out when nobody wants them."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from engine_kit import ACCOUNT, PRICES, Cabinet, Engine, Store
from promotion_kit import DEACTIVATE, TIMER, UPDATE, Actions, configured, prices, writes
from typer.testing import CliRunner

from marketsync import cli, commands
from marketsync.reports.frames import read_report
from marketsync.steps import Counts


@pytest.fixture
def actions(cabinet: Cabinet) -> Actions:
    return Actions(cabinet)


@pytest.fixture
def listed(engine: Engine, store: Store) -> str:
    """A-1 at 1000 with a floor of 600 is for sale; its guid."""
    guid = store.good("A-1", price="1000", floor="600")
    engine.cycle()
    return guid


def problems(engine: Engine) -> dict[str, str]:
    return {row["setting"]: row["code"] for row in engine.rows("select * from promotion_problem")}


def _in(engine: Engine, store: Store, actions: Actions, guid: str, *, voucher: bool) -> str:
    """Put A-1 into a new action at 850 and say which."""
    action = actions.make(voucher=voucher, candidates={"A-1": "900"})
    store.set_price(guid, "850", kind="premium")
    configured(engine, action)
    prices(engine)
    assert actions.members(action) == {"A-1": "850.00"}
    return action


# --- entering


@pytest.mark.parametrize("voucher", [True, False])
def test_the_price_type_becomes_the_price_in_the_action(
    engine: Engine, store: Store, cabinet: Cabinet, actions: Actions, listed: str, voucher: bool
) -> None:
    before = cabinet.now()
    action = _in(engine, store, actions, listed, voucher=voucher)

    assert actions.prices(action) == ("1000.00" if voucher else "850.00", "850.00")
    assert writes(cabinet, before) == [(UPDATE, {"A-1": "850.00"})]
    assert engine.known("promotion", "A-1", action)["confirmed_amount"] == 850
    assert engine.known("price", "A-1")["confirmed_amount"] == (1000 if voucher else 850)

    quiet = cabinet.now()
    prices(engine)
    assert writes(cabinet, quiet) == []
    reconciled = engine.reconcile()
    assert engine.differences(reconciled) == set()


def test_without_promotions_nothing_of_them_is_asked(engine: Engine, cabinet: Cabinet, listed: str) -> None:
    before = cabinet.now()
    prices(engine)
    assert [call["path"] for call in cabinet.calls(since=before)] == []


def test_an_action_is_named_by_its_title_too(
    engine: Engine, store: Store, actions: Actions, listed: str
) -> None:
    action = actions.make("Чёрная пятница", candidates={"A-1": "900"})
    store.set_price(listed, "850", kind="premium")
    configured(engine, " чёрная пятница ")
    prices(engine)
    assert actions.members(action) == {"A-1": "850.00"}


def test_what_the_terms_keep_out_is_told_with_both_amounts(
    engine: Engine, store: Store, cabinet: Cabinet, actions: Actions
) -> None:
    guids = [store.good(f"A-{n}", price="1000", floor="600", stock=1) for n in range(1, 6)]
    engine.cycle()
    action = actions.make(
        voucher=True,
        candidates={
            "A-1": "900",
            "A-2": "2000",
            "A-3": {"max_action_price": "900", "min_stock": 5},
            "A-5": "900",
        },
    )
    for guid, premium in zip(guids, ("900.01", "1000", "850", "850", "850"), strict=True):
        store.set_price(guid, premium, kind="premium")
    configured(engine, action)
    before = cabinet.now()
    prices(engine)

    assert writes(cabinet, before) == [(UPDATE, {"A-5": "850.00"})]
    assert engine.refusals() == {
        ("A-1", "promotion"): "above_max_action_price",
        ("A-2", "promotion"): "not_below_price",
        ("A-3", "promotion"): "stock_minimum",
    }
    [told] = engine.rows("select message from refusal where code = 'above_max_action_price'")
    assert "900.01" in told["message"]
    assert "900.00" in told["message"]

    engine.configure(promotions=[{"action": action, "price": "Премиальная", "stock": 5}])
    store.set_price(guids[0], "899", kind="premium")
    store.set_price(guids[1], "999", kind="premium")
    prices(engine)
    assert actions.members(action) == {
        "A-1": "899.00",
        "A-2": "999.00",
        "A-3": "850.00",
        "A-5": "850.00",
    }
    assert engine.refusals() == {}


@pytest.mark.parametrize(
    ("premium", "guard"),
    [
        ("0", "price_zero"),
        ("0.01", "price_below_floor"),
        ("-5", "price_negative"),
        ("599.99", "price_below_floor"),
    ],
)
def test_a_bad_action_price_is_held(
    engine: Engine, store: Store, cabinet: Cabinet, actions: Actions, listed: str, premium: str, guard: str
) -> None:
    action = _in(engine, store, actions, listed, voucher=True)
    before = cabinet.now()
    store.set_price(listed, premium, kind="premium")
    prices(engine)
    assert engine.held("promotion") == {"A-1": guard}
    assert (writes(cabinet, before), actions.members(action)) == ([], {"A-1": "850.00"})


def test_a_penny_without_a_floor_is_a_jump(
    engine: Engine, store: Store, cabinet: Cabinet, actions: Actions
) -> None:
    guid = store.good("A-1", price="1000", floor=None)
    engine.configure(guards={"price": {"without_reference": "send"}})
    engine.cycle()
    action = actions.make(candidates={"A-1": "900"})
    store.set_price(guid, "0.01", kind="premium")
    configured(engine, action, guards={"price": {"without_reference": "send"}})
    prices(engine)
    assert engine.held("promotion") == {"A-1": "price_jump"}
    assert actions.members(action) == {}


def test_of_several_actions_the_first_whose_terms_are_met_counts(
    engine: Engine, store: Store, cabinet: Cabinet, actions: Actions, listed: str
) -> None:
    first = actions.make("Первая", candidates={"A-1": "800"})
    second = actions.make("Вторая", voucher=True, candidates={"A-1": "900"})
    store.set_price(listed, "850", kind="premium")
    configured(engine, first, second)
    prices(engine)
    assert (actions.members(first), actions.members(second)) == ({}, {"A-1": "850.00"})

    actions.change(first, candidates={"A-1": "860"})
    before = cabinet.now()
    prices(engine)
    assert (actions.members(first), actions.members(second)) == ({"A-1": "850.00"}, {})
    assert [path for path, _ in writes(cabinet, before)] == [
        DEACTIVATE,
        UPDATE,
    ]  # out of one before into the other


def test_nobody_enters_an_action_before_being_out_of_the_other(
    engine: Engine, store: Store, cabinet: Cabinet, actions: Actions, listed: str
) -> None:
    first = actions.make("Первая", candidates={"A-1": "800"})
    second = actions.make("Вторая", voucher=True, candidates={"A-1": "900"})
    store.set_price(listed, "850", kind="premium")
    configured(engine, first, second)
    prices(engine)
    actions.change(first, candidates={"A-1": "860"})
    cabinet.fault(DEACTIVATE, "timeout_before")
    before = cabinet.now()
    prices(engine)
    assert {path for path, _ in writes(cabinet, before)} == {DEACTIVATE}
    cabinet.no_faults()
    prices(engine)
    prices(engine)
    assert (actions.members(first), actions.members(second)) == ({"A-1": "850.00"}, {})


# --- leaving


@pytest.mark.parametrize("voucher", [True, False])
@pytest.mark.parametrize("why", ["blank", "gone", "unmarked", "above_max", "unconfigured"])
def test_who_is_wanted_no_more_leaves(
    engine: Engine, store: Store, cabinet: Cabinet, actions: Actions, listed: str, voucher: bool, why: str
) -> None:
    action = _in(engine, store, actions, listed, voucher=voucher)
    before = cabinet.now()
    match why:
        case "blank":
            store.set_price(listed, None, kind="premium")
        case "gone":
            store.drop_price(listed, "premium")
        case "unmarked":
            store.mark(listed, False)
            engine.cards()
        case "above_max":
            store.set_price(listed, "901", kind="premium")
        case "unconfigured":
            engine.configure()
    prices(engine)

    assert actions.prices(action) == ("1000.00", None)
    assert writes(cabinet, before)[0] == (
        (DEACTIVATE, {"A-1": None}) if voucher else (UPDATE, {"A-1": "1000.00"})
    )
    quiet = cabinet.now()
    prices(engine)
    assert writes(cabinet, quiet) == []
    assert engine.known("price", "A-1")["confirmed_amount"] == 1000


def test_a_held_ordinary_price_keeps_the_offer_in_an_action_that_moved_it(
    engine: Engine, store: Store, cabinet: Cabinet, actions: Actions, listed: str
) -> None:
    action = _in(engine, store, actions, listed, voucher=False)
    store.set_price(listed, None, kind="premium")
    store.set_price(listed, "0")
    before = cabinet.now()
    prices(engine)
    assert engine.held("promotion") == {"A-1": "price_zero"}
    assert (writes(cabinet, before), actions.prices(action)) == ([], ("850.00", "850.00"))
    store.set_price(listed, "1100")
    prices(engine)
    assert actions.prices(action) == ("1100.00", None)


def test_an_ordinary_price_within_the_limit_cannot_leave_and_is_told(
    engine: Engine, store: Store, cabinet: Cabinet, actions: Actions, listed: str
) -> None:
    action = _in(engine, store, actions, listed, voucher=False)
    store.set_price(listed, None, kind="premium")
    store.set_price(listed, "880")
    prices(engine)
    assert actions.prices(action) == ("880.00", "880.00")
    assert engine.refusals() == {("A-1", "promotion"): "still_inside"}
    quiet = cabinet.now()
    prices(engine)
    assert (writes(cabinet, quiet), actions.prices(action)) == ([], ("880.00", "880.00"))


# --- price and promotion are one plan


@pytest.mark.parametrize("voucher", [True, False])
@pytest.mark.parametrize(
    ("price", "premium", "order", "ends"),
    [
        # voucher: which of the two goes first; one number: only the promotion's call is needed
        pytest.param("1200", "890", [PRICES, UPDATE], ("1200.00", "890.00"), id="both-up"),
        pytest.param("870", "860", [PRICES, UPDATE], ("870.00", "860.00"), id="price-down-above-action"),
        pytest.param("840", "800", [UPDATE, PRICES], ("840.00", "800.00"), id="both-below-the-action"),
        pytest.param("850", "700", [UPDATE, PRICES], ("850.00", "700.00"), id="price-meets-the-action"),
        pytest.param(
            "800", "850", [DEACTIVATE, PRICES], ("800.00", None), id="price-below-action-leaves-first"
        ),
        pytest.param("1300", "1250", [DEACTIVATE, PRICES], ("1300.00", None), id="both-above-the-limit"),
    ],
)
def test_price_and_promotion_move_in_an_order_that_never_crosses(
    engine: Engine,
    store: Store,
    cabinet: Cabinet,
    actions: Actions,
    listed: str,
    voucher: bool,
    price: str,
    premium: str,
    order: list[str],
    ends: tuple[str, str | None],
) -> None:
    action = _in(engine, store, actions, listed, voucher=voucher)
    before = cabinet.now()
    store.set_price(listed, price)
    store.set_price(listed, premium, kind="premium")
    prices(engine)
    prices(engine)

    if voucher:
        assert actions.prices(action) == ends
        made = [path for path, _ in writes(cabinet, before)]
        assert sorted(made) == sorted(order)
        if DEACTIVATE in order or order[0] == UPDATE:
            assert made == order
    else:
        inside = ends[1] if price != "800" else "800.00"  # cannot leave: its price is within the limit
        assert actions.prices(action) == (inside or price + ".00", inside)
        # at most the floor follows by the other method: it is half of the price at least
        moved = writes(cabinet, before)
        assert [path for path, _ in moved[:1]] == [UPDATE]
        assert moved[1:] in ([], [(PRICES, moved[0][1])])
    shown = actions.prices(action)
    quiet = cabinet.now()
    prices(engine)
    assert (writes(cabinet, quiet), actions.prices(action)) == ([], shown)


def test_a_rise_of_both_waits_for_the_ordinary_price(
    engine: Engine, store: Store, cabinet: Cabinet, actions: Actions, listed: str
) -> None:
    action = actions.make(voucher=True, candidates={"A-1": "1150"})
    store.set_price(listed, "950", kind="premium")
    configured(engine, action)
    prices(engine)
    store.set_price(listed, "1200")
    store.set_price(listed, "1100", kind="premium")
    before = cabinet.now()
    prices(engine)
    assert [path for path, _ in writes(cabinet, before)] == [PRICES, UPDATE]
    assert actions.prices(action) == ("1200.00", "1100.00")


def test_while_an_answer_is_missing_the_other_waits(
    engine: Engine, store: Store, cabinet: Cabinet, actions: Actions, listed: str
) -> None:
    """The action's new price may not have arrived: the ordinary price stays above both."""
    action = _in(engine, store, actions, listed, voucher=True)
    store.set_price(listed, "840")
    store.set_price(listed, "800", kind="premium")
    cabinet.fault(UPDATE, "timeout_before", seconds=0)
    before = cabinet.now()
    prices(engine)
    assert engine.in_doubt("promotion") == ["A-1"]
    assert all(path == UPDATE for path, _ in writes(cabinet, before))
    assert actions.prices(action) == ("1000.00", "850.00")
    cabinet.no_faults()
    prices(engine)
    prices(engine)
    assert actions.prices(action) == ("840.00", "800.00")


@pytest.mark.parametrize("kind", ["timeout_after", "timeout_before"])
def test_an_action_that_moves_the_price_with_a_lost_answer_ends_as_wanted(
    engine: Engine, store: Store, cabinet: Cabinet, actions: Actions, listed: str, kind: str
) -> None:
    action = actions.make(candidates={"A-1": "900"})
    store.set_price(listed, "850", kind="premium")
    configured(engine, action)
    cabinet.fault(UPDATE, kind)
    prices(engine)
    assert engine.in_doubt("promotion") == ["A-1"]
    reconciled = engine.reconcile(after=5)
    assert all(cause == "in_flight" for *_, cause in engine.differences(reconciled))
    cabinet.no_faults()
    prices(engine)
    assert actions.prices(action) == ("850.00", "850.00")
    assert engine.known("price", "A-1")["confirmed_amount"] == 850


def test_the_struck_price_and_the_floor_go_with_the_actions_price(
    engine: Engine, store: Store, cabinet: Cabinet, actions: Actions
) -> None:
    guid = store.good("A-1", price="1000", old="1200", floor="400")
    engine.cycle()
    assert cabinet.state()["A-1"]["min_price"] == "500.00"  # half of the price: Ozon takes no less
    action = actions.make(candidates={"A-1": "900"})
    store.set_price(guid, "800", kind="premium")
    configured(engine, action)
    prices(engine)
    prices(engine)
    there = cabinet.state()["A-1"]
    assert (there["price"], there["old_price"], there["min_price"]) == ("800.00", "1200.00", "400.00")
    assert actions.members(action) == {"A-1": "800.00"}


# --- what the marketplace and people in the cabinet do


@pytest.mark.parametrize("voucher", [True, False])
@pytest.mark.parametrize("how", ["ended", "deleted"])
def test_an_action_that_is_over_closes_its_rows_is_told_once_and_harms_no_other(
    engine: Engine,
    store: Store,
    cabinet: Cabinet,
    actions: Actions,
    listed: str,
    voucher: bool,
    how: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other_guid = store.good("A-2", price="1000", floor="600")
    engine.cycle()
    action = _in(engine, store, actions, listed, voucher=voucher)
    other = actions.make("Вторая", voucher=True, candidates={"A-2": "900"})
    store.set_price(other_guid, "870", kind="premium")
    configured(engine, action, other)
    actions.change(action, **({"end": True} if how == "ended" else {"delete": True}))
    capsys.readouterr()
    prices(engine)

    assert problems(engine) == {action: "action_unknown"}
    assert f"«{action}»" in capsys.readouterr().out
    assert engine.known("promotion", "A-1", action)["confirmed_amount"] is None
    assert actions.members(other) == {"A-2": "870.00"}
    prices(engine)
    assert cabinet.prices()["A-1"] == "1000.00"  # the ordinary price comes back by itself
    assert "action_unknown" not in capsys.readouterr().out
    assert engine.held("price") == engine.held("promotion") == {}


def test_an_action_that_ends_between_plan_and_call_is_closed_by_the_next_run(
    engine: Engine, store: Store, cabinet: Cabinet, actions: Actions, listed: str
) -> None:
    action = actions.make(candidates={"A-1": "900"})
    store.set_price(listed, "850", kind="premium")
    configured(engine, action)
    engine.plan("promotion")
    actions.change(action, end=True)
    sent = engine.upload("promotion")
    assert (sent["confirmed"], sent["retried"]) == (0, 1)
    prices(engine)
    assert engine.planned("promotion") == []
    assert engine.refusals() == {}


def test_a_return_after_an_action_is_no_jump(
    engine: Engine, store: Store, cabinet: Cabinet, actions: Actions
) -> None:
    guid = store.good("A-1", price="1000", floor="400")
    engine.cycle()
    action = actions.make(candidates={"A-1": "900"})
    store.set_price(guid, "700", kind="premium")
    configured(engine, action, guards={"price": {"largest_change": 0.35}})
    prices(engine)
    assert cabinet.prices() == {"A-1": "700.00"}
    actions.change(action, end=True)
    prices(engine)
    prices(engine)
    assert engine.held("price") == {}
    assert cabinet.prices() == {"A-1": "1000.00"}  # 43 % up from the action, and nothing from before it


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (
            {"date_start": "2099-01-01T00:00:00+00:00", "date_end": "2099-02-01T00:00:00+00:00"},
            "action_upcoming",
        ),
        ({"freeze_date": "2026-01-01T00:00:00+00:00"}, "action_frozen"),
    ],
)
def test_an_action_that_takes_nobody_now_is_told_and_left_alone(
    engine: Engine,
    store: Store,
    cabinet: Cabinet,
    actions: Actions,
    listed: str,
    order: dict[str, Any],
    code: str,
) -> None:
    action = actions.make(candidates={"A-1": "900"}, **order)
    store.set_price(listed, "850", kind="premium")
    configured(engine, action)
    before = cabinet.now()
    prices(engine)
    assert (problems(engine), writes(cabinet, before)) == ({action: code}, [])


def test_in_a_frozen_action_prices_only_fall(
    engine: Engine, store: Store, cabinet: Cabinet, actions: Actions, listed: str
) -> None:
    action = _in(engine, store, actions, listed, voucher=True)
    actions.change(action, freeze_date="2026-01-01T00:00:00+00:00")
    before = cabinet.now()
    for premium in ("880", None):
        store.set_price(listed, premium, kind="premium")
        prices(engine)
    assert (writes(cabinet, before), actions.members(action)) == ([], {"A-1": "850.00"})
    store.set_price(listed, "800", kind="premium")
    prices(engine)
    assert actions.members(action) == {"A-1": "800.00"}


@pytest.mark.parametrize(
    ("chosen", "codes"),
    [
        ([{"action": "Нет такой", "price": "Премиальная"}], {"Нет такой": "action_unknown"}),
        ([{"action": "Премиум", "price": "Премиум"}], {"Премиум": "price_type_unknown"}),
        ([{"action": "Две", "price": "Премиальная"}], {"Две": "action_ambiguous"}),
        (
            [{"action": "1700001", "price": "Премиальная"}, {"action": "Премиум", "price": "Премиальная"}],
            {"Премиум": "action_twice"},
        ),
    ],
)
def test_a_bad_entry_of_the_accounts_is_told_and_takes_nobody_out(
    engine: Engine,
    store: Store,
    cabinet: Cabinet,
    actions: Actions,
    listed: str,
    chosen: list[dict[str, Any]],
    codes: dict[str, str],
) -> None:
    action = _in(engine, store, actions, listed, voucher=True)
    chosen = [{**one, "action": one["action"].replace("1700001", action)} for one in chosen]
    for _ in range(2):
        actions.make("Две", candidates={"A-1": "900"})
    engine.configure(promotions=chosen)
    before = cabinet.now()
    prices(engine)
    assert problems(engine) == codes
    assert (writes(cabinet, before), actions.members(action)) == ([], {"A-1": "850.00"})


def test_a_lowered_maximum_throws_out_and_the_ordinary_price_comes_back(
    engine: Engine, store: Store, cabinet: Cabinet, actions: Actions, listed: str
) -> None:
    action = _in(engine, store, actions, listed, voucher=False)
    actions.change(action, candidates={"A-1": "800"})
    before = cabinet.now()
    prices(engine)
    prices(engine)
    assert actions.prices(action) == ("1000.00", None)
    assert [path for path, _ in writes(cabinet, before)] == [PRICES]
    assert engine.refusals() == {("A-1", "promotion"): "above_max_action_price"}


def test_a_maximum_lowered_between_plan_and_call_is_the_marketplaces_refusal(
    engine: Engine, store: Store, cabinet: Cabinet, actions: Actions, listed: str
) -> None:
    action = _in(engine, store, actions, listed, voucher=False)
    store.set_price(listed, "880", kind="premium")
    engine.plan("promotion")
    actions.change(action, candidates={"A-1": "870"})
    assert engine.upload("promotion")["rejected"] == 1
    prices(engine)
    prices(engine)
    assert actions.prices(action) == ("1000.00", None)


def _causes(engine: Engine, reconciled: Counts) -> set[tuple[str, str]]:
    return {(channel, cause) for _, channel, _, cause in engine.differences(reconciled)}


def test_who_was_taken_out_or_changed_in_the_cabinet_is_put_back(
    engine: Engine, store: Store, cabinet: Cabinet, actions: Actions, listed: str
) -> None:
    action = _in(engine, store, actions, listed, voucher=True)
    for edit in (None, {"action_price": "700"}):
        actions.change(action, members={"A-1": edit})
        assert _causes(engine, engine.reconcile()) == {("promotion", "changed_there")}
        prices(engine)
        assert actions.members(action) == {"A-1": "850.00"}
        assert _causes(engine, engine.reconcile()) == set()


def test_who_was_put_in_by_somebody_else_is_told_and_left(
    engine: Engine, store: Store, cabinet: Cabinet, actions: Actions, listed: str
) -> None:
    store.good("A-2", price="1000", floor="600")
    engine.cycle()
    action = _in(engine, store, actions, listed, voucher=True)
    actions.change(action, members={"A-2": {"action_price": "900"}})
    assert _causes(engine, engine.reconcile()) == {("promotion", "missing_here")}
    before = cabinet.now()
    prices(engine)
    assert writes(cabinet, before) == []
    assert actions.members(action) == {"A-1": "850.00", "A-2": "900.00"}


# --- promotions that the marketplace fills by itself


def test_automatic_promotions_stay_off_whoever_switches_them_on(
    engine: Engine, store: Store, cabinet: Cabinet, listed: str
) -> None:
    assert cabinet.state()["A-1"]["auto_add"] is False
    cabinet.edit("A-1", auto_add=True)
    reconciled = engine.reconcile()
    assert engine.differences(reconciled) == {("A-1", "price", "automatic_promotions", "changed_there")}
    prices(engine)
    assert cabinet.state()["A-1"]["auto_add"] is False


def test_automatic_promotions_are_on_where_the_account_says_so_and_a_floor_bounds_them(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    engine.configure(auto_promotions=True, guards={"price": {"without_reference": "send"}})
    store.good("A-1", floor="600")
    store.good("A-2", floor=None)
    engine.cycle()
    assert {article: there["auto_add"] for article, there in cabinet.state().items()} == {
        "A-1": True,
        "A-2": False,
    }
    engine.configure(guards={"price": {"without_reference": "send"}})
    prices(engine)
    assert cabinet.state()["A-1"]["auto_add"] is False


def test_floors_are_renewed_before_they_lapse_and_not_sooner(
    engine: Engine, store: Store, cabinet: Cabinet, listed: str
) -> None:
    store.good("A-2", floor=None)
    engine.configure(guards={"price": {"without_reference": "send"}})
    engine.cycle()

    def renewals(days: float) -> list[list[str]]:
        engine.clock.advance(days=days)
        before = cabinet.now()
        prices(engine)
        return [call["request_body"] for call in cabinet.calls(TIMER, before)]

    product = str(cabinet.state()["A-1"]["product_id"])
    assert renewals(24) == []
    assert renewals(1) == [f'{{"product_ids":["{product}"]}}']
    assert renewals(24) == []
    store.set_price(listed, "1010", kind="price")
    store.set_price(listed, "610", kind="floor")
    assert renewals(0) == []  # a floor that is sent counts anew
    assert renewals(timedelta(days=24).days) == []
    assert len(renewals(1)) == 1


# --- what people see


def _said(engine: Engine, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    """What a command prints with this engine's surroundings."""
    for module in (commands.promotions, commands.exchange):
        monkeypatch.setattr(module, "opened", lambda: contextlib.nullcontext(engine.runtime))
    result = CliRunner().invoke(cli.app, list(arguments))
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_command_lists_actions_and_how_our_goods_stand(
    engine: Engine,
    store: Store,
    cabinet: Cabinet,
    actions: Actions,
    listed: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    action = _in(engine, store, actions, listed, voucher=True)
    other = actions.make("Бустинг")
    configured(engine, action, "Нет такой")
    before = cabinet.now()
    said = _said(engine, monkeypatch, "promotions", ACCOUNT)
    first, second = said.index(f"{action}  «Премиум»"), said.index(f"{other}  «Бустинг»")
    assert f"выбрана в accounts.yaml как «{action}»; цена отдельно от обычной" in said[first:second]
    assert "наших: могут участвовать 0, участвуют 1; ведём 1 по ценам 850.00 - 850.00" in said[first:second]
    assert "не выбрана; меняет обычную цену товара" in said[second:]
    assert "! Акции «Нет такой» у площадки нет" in said
    assert writes(cabinet, before) == []


def test_a_preview_says_what_waits_for_what_and_what_cannot_be_done(
    engine: Engine,
    store: Store,
    cabinet: Cabinet,
    actions: Actions,
    listed: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    action = _in(engine, store, actions, listed, voucher=True)
    store.set_price(listed, "840")
    store.set_price(listed, "800", kind="premium")
    configured(engine, action, "Нет такой")
    assert "A-1: 1000.00 -> 840.00 (changed)  AFTER: promotion" in _said(
        engine, monkeypatch, "plan", ACCOUNT, "price"
    )
    promotion = _said(engine, monkeypatch, "plan", ACCOUNT, "promotion")
    assert f"A-1 [{action}]: 850.00 -> 800.00 (changed)  " in promotion
    assert "AFTER" not in promotion
    assert "! Акции «Нет такой» у площадки нет" in promotion


def test_the_workbook_shows_the_promotion_beside_the_price(
    engine: Engine, store: Store, cabinet: Cabinet, actions: Actions, listed: str
) -> None:
    action = _in(engine, store, actions, listed, voucher=True)
    configured(engine, action, "Нет такой")
    reconciled = engine.reconcile()
    with engine.database.transaction() as connection:
        report = read_report(connection, int(reconciled["reconciliation"] or 0))
        frames = {code: list(report.tables[code]) for code in ("offers", "refusals")}
    [row] = frames["offers"][0].to_dict("records")
    assert (row["promotion"], row["promotion_confirmed"], row["promotion_observed"]) == ("Премиум", 850, 850)
    [told] = frames["refusals"][0].to_dict("records")
    assert (told["origin"], told["refusal_code"], told["warehouse"]) == (
        "setting",
        "action_unknown",
        "Нет такой",
    )
