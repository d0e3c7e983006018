"""Price rules from the table to the cabinet: which price they make, what they hold, keep and show, and when."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from engine_kit import ACCOUNT, Cabinet, Engine, Store
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketsync.errors import BadInput
from marketsync.reports.price_preview import preview_lines
from marketsync.steps import price_rules
from marketsync.sync import plan

COST = "Закупочная"


def put(engine: Engine, *lines: str) -> None:
    """Put a table in force, as `marketsync prices import` does."""
    content = "\n".join(lines).encode()
    price_rules.take_over(engine.runtime, "ozon", "rules.csv", content, author="Анна", reason=None)


def cost(engine: Engine, guid: str, amount: str) -> None:
    """A purchase price of a good."""
    engine.run(
        "insert into price_type (guid, name, currency) values (%s, %s, 'RUB') on conflict do nothing",
        COST,
        COST,
    )
    engine.run(
        "insert into price (product_id, price_type_id, amount, currency, exchange_id, changed_at) "
        "select product_id, price_type_id, %s, 'RUB', p.exchange_id, now() from product as p, price_type as t "
        "where p.guid = %s and t.name = %s",
        Decimal(amount), guid, COST,
    )  # fmt: skip


def shown(engine: Engine) -> str:
    """What `plan ozon price` says."""
    preview = plan.preview(engine.seller.lane("price"))
    return "\n".join(preview_lines(preview.figures, "ru"))


# ------------------------------------------------------------------ from the table to the cabinet


def test_rules_make_the_prices_of_the_goods_they_fit(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    plain = store.good("PLAIN", brand="Нет бренда")
    store.good("BRAND", price="1003", old="1500")
    bought = store.good("BOUGHT")
    cost(engine, bought, "800")
    engine.cycle()
    assert cabinet.prices() == {"PLAIN": "1000.00", "BRAND": "1003.00", "BOUGHT": "1000.00"}

    put(
        engine,
        "бренд;артикул;имя;вид цены;наценка %;наценка сумма;округление;не ниже;старая цена",
        "Солнышко;;бренд;;10;;до 9;;",
        f";BOUGHT;;{COST};25;30 руб.;до 10;110 % {COST};+30 %",
    )
    engine.cycle()
    there = cabinet.state()
    assert {article: card["price"] for article, card in there.items()} == {
        "PLAIN": "1000.00", "BRAND": "1099.00", "BOUGHT": "1030.00",
    }  # fmt: skip
    assert (there["BOUGHT"]["old_price"], there["BOUGHT"]["min_price"]) == ("1340.00", "880.00")
    assert there["BRAND"]["old_price"] == "1500.00"
    assert {c["article"]: c["price_rule"] for c in engine.changes("price") if c["why"] == "changed"} == {
        "BRAND": 2, "BOUGHT": 3,
    }  # fmt: skip
    assert engine.differences(engine.reconcile()) == set()

    store.change(plain, brand="Солнышко")
    engine.cycle()
    assert cabinet.prices()["PLAIN"] == "1099.00"
    price_rules.remove(engine.runtime, "ozon", author="Анна", reason="распродажа кончилась")
    engine.cycle()
    assert cabinet.prices() == {"PLAIN": "1000.00", "BRAND": "1003.00", "BOUGHT": "1000.00"}


def test_a_rule_begins_and_ends_by_itself(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    store.good("A-1")
    engine.cycle()
    begins = engine.clock.now() + timedelta(days=1)
    day = begins.astimezone(engine.runtime.price_tables("ozon").zone).strftime("%d.%m.%Y")
    put(engine, "артикул;наценка %;действует с;действует по", f"A-1;-10;{day};{day}")
    engine.cycle()
    assert cabinet.prices() == {"A-1": "1000.00"}
    engine.clock.advance(days=1)
    engine.cycle()
    assert cabinet.prices() == {"A-1": "900.00"}
    engine.clock.advance(days=1)
    engine.cycle()
    assert cabinet.prices() == {"A-1": "1000.00"}


def test_a_price_below_the_floor_of_its_rule_is_held_with_its_numbers(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    store.goods("A-1", "A-2", "A-3")
    engine.cycle()
    put(
        engine,
        "артикул;наценка %;не ниже;не выше",
        "A-1;-20;850;",
        "A-2;20;;1100",
        "A-3;-20;800;",
    )
    engine.cycle()
    assert engine.held() == {"A-1": "price_below_floor", "A-2": "price_above_ceiling"}
    assert cabinet.prices() == {"A-1": "1000.00", "A-2": "1000.00", "A-3": "800.00"}
    (row,) = [row for row in plan.preview(engine.seller.lane("price")).rows if row["article"] == "A-1"]
    assert (row["amount"], row["store_floor"], row["price_rule"]) == (Decimal(800), Decimal(850), 2)


def test_a_rule_may_forbid_falls_and_rises(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    falls, rises = store.goods("FALLS", "RISES")
    engine.cycle()
    put(engine, "артикул;можно снижать;можно повышать", "FALLS;нет;", "RISES;;нет")
    store.set_price(falls, "900")
    store.set_price(rises, "1100")
    assert engine.plan("price")["planned"] == 0
    told = shown(engine)
    assert "FALLS: 1000.00 (хотели 900.00, правило не даёт снижать, строка 2)" in told
    assert "RISES: 1000.00 (хотели 1100.00, правило не даёт повышать, строка 3)" in told

    store.set_price(falls, "1200")
    store.set_price(rises, "800")
    engine.cycle()
    assert cabinet.prices() == {"FALLS": "1200.00", "RISES": "800.00"}

    store.set_price(falls, "0")
    engine.cycle()
    assert engine.held() == {"FALLS": "price_zero"}


def test_a_preview_says_how_many_prices_change_and_by_how_much(engine: Engine, store: Store) -> None:
    store.goods(*(f"A-{number}" for number in range(1, 9)))
    store.good("HELD", floor="950")
    engine.cycle()
    percents = (-30, -10, -2, 1, 10, 30, 45)
    put(
        engine,
        "артикул;наценка %",
        *(f"A-{number};{percent}" for number, percent in enumerate(percents, start=1)),
        "HELD;-20",
        "A-8;0",
    )
    figures = plan.preview(engine.seller.lane("price")).figures
    changes = figures["changes"]
    assert (changes["up"], changes["down"], changes["first"]) == (4, 3, 0)
    assert (changes["sum_up"], changes["sum_down"]) == (Decimal(860), Decimal(-420))
    assert list(changes["histogram"].values()) == [0, 1, 1, 1, 1, 1, 2, 0]
    assert changes["median"] == Decimal(1)
    assert [(move["article"], move["price_rule"]) for move in figures["largest_up"]] == [
        ("A-7", 8), ("A-6", 7), ("A-5", 6), ("A-4", 5),
    ]  # fmt: skip
    assert [move["share"] for move in figures["largest_down"]] == [-30, -10, -2]
    assert [(held["guard"], held["n"], held["delta"]) for held in figures["held"]] == [
        ("price_below_floor", 1, Decimal(-200))
    ]
    assert engine.changes("price", state="planned") == []
    told = shown(engine)
    assert "Цен изменится: 7 (вверх 4 на 860.00, вниз 3 на -420.00)" in told
    assert "A-7: 1000.00 -> 1450.00 (+45.00 %, строка 8)" in told


# ------------------------------------------------------------------ tables that are refused


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["бренд;вид цены", "Солнышко;Рoзничная"], "такого вида цен в 1С нет; похоже на «Розничная»"),
        (["бренд;не ниже", "Солнышко;110 % Закупка"], "такого вида цен в 1С нет"),
        (["бренд;наценка %", "Солнышка;5"], "такого бренда у товаров нет; похоже на «Солнышко»"),
        (["группа;наценка %", "Игрушки/Конструкторы;5"], "похоже на «Игрушки / Конструкторы»"),
        (["артикул;наценка %", "A-01;5"], "товара с таким артикулом нет"),
    ],
)
def test_names_that_the_store_does_not_have_are_refused_and_the_rules_in_force_stay(
    engine: Engine, store: Store, cabinet: Cabinet, lines: list[str], told: str
) -> None:
    store.good("A-1")
    put(engine, "бренд;наценка %", "солнышко ;10")
    with pytest.raises(BadInput) as caught:
        put(engine, *lines)
    assert told in caught.value.message
    assert (caught.value.place.file, caught.value.place.line) == ("rules.csv", 2)
    engine.cycle()
    assert cabinet.prices() == {"A-1": "1100.00"}
    assert engine.rows("select author, rows from price_rules") == [
        {"author": "Анна", "rows": [[2, {"brand": "солнышко", "percent": "10"}]]}
    ]


def test_a_price_type_that_1c_renamed_stops_prices_and_says_where(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    store.good("A-1")
    put(engine, "бренд;не ниже", "Солнышко;Минимальная")
    engine.run("update price_type set name = 'Не ниже' where name = 'Минимальная'")
    with pytest.raises(
        BadInput, match="строка 2, столбец «не ниже»: «Минимальная»: такого вида цен в 1С нет"
    ):
        engine.plan("price")


# ------------------------------------------------------------------ the SQL against a model


@dataclass(frozen=True)
class Good:
    article: str
    brand: str
    group: tuple[str, ...]
    prices: dict[str, Decimal | None]


GROUPS = {"toys": ("Игрушки",), "balls": ("Игрушки", "Мячи"), "books": ("Книги",)}
BRANDS = ("Луна", "Соль", "")
PRICE_TYPES = ("Розничная", "Старая цена", "Минимальная", COST)
GOODS = [
    Good(
        f"A-{number}", brand, GROUPS[group],
        {
            "Розничная": Decimal(retail), "Старая цена": Decimal(old),
            **({"Минимальная": Decimal(floor)} if floor else {}), **({COST: Decimal(cost)} if cost else {}),
        },
    )
    for number, (brand, group, (retail, old, floor, cost)) in enumerate(
        itertools.product(
            BRANDS, ("balls", "books"),
            [("1003.40", "1500", "700", "555.55"), ("99", "120", "", "41"), ("12000", "12400", "9000.10", "")],
        )
    )
]  # fmt: skip


def _round(amount: Decimal, how: str) -> Decimal:
    """The nearest round price above zero, found by looking."""
    if how == "" or amount <= 0:
        return amount
    if how == "вверх":
        return amount.to_integral_value("ROUND_CEILING")
    ending = {"до 9": 9, "до 10": 0}[how]
    around = range(max(int(amount) - 12, 1), int(amount) + 13)
    return min((Decimal(n) for n in around if n % 10 == ending), key=lambda n: (abs(n - amount), -n))


def _round_within(amount: Decimal, how: str, low: Decimal | None, high: Decimal | None) -> Decimal:
    def fits(price: Decimal) -> bool:
        return (low is None or price >= low) and (high is None or price <= high)

    if how == "" or amount <= 0 or not fits(amount):
        return amount
    if how == "вверх":
        return _round(amount, how) if fits(_round(amount, how)) else amount
    ending = {"до 9": 9, "до 10": 0}[how]
    around = range(max(int(amount) - 12, 1), int(amount) + 13)
    round_ones = [Decimal(n) for n in around if n % 10 == ending and fits(Decimal(n))]
    nearest = [n for n in round_ones if abs(n - amount) <= 10]
    return min(nearest, key=lambda n: (abs(n - amount), -n)) if nearest else amount


def _kopecks(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _stepped(good: Good, rule: dict[str, Any], rules: list[dict[str, Any]], *, last: bool) -> Decimal | None:
    if rule["base"].startswith("правило:"):
        (parent,) = [other for other in rules if other["name"] == rule["base"].removeprefix("правило:")]
        start = _stepped(good, parent, rules, last=False)
    else:
        start = good.prices.get(rule["base"] or "Розничная")
    if start is None or start <= 0:
        return start
    made = _kopecks(start * (1 + Decimal(rule["percent"] or 0) / 100) + Decimal(rule["extra"] or 0))
    return made if last else _round(made, rule["rounding"])


def _limit(good: Good, text: str, otherwise: str | None) -> Decimal | None:
    if text == "нет":
        return None
    if text == "":
        return good.prices.get(otherwise) if otherwise else None
    if "%" in text:
        share, name = text.split(" % ")
        whole = good.prices.get(name)
        return _kopecks(whole * Decimal(share) / 100) if whole else None
    return Decimal(text) if text[0].isdigit() else good.prices.get(text)


def expected(good: Good, rules: list[dict[str, Any]]) -> tuple[Decimal | None, ...]:
    """Amount, old price, floor for the marketplace, the rule's floor and ceiling."""

    def rank(rule: dict[str, Any]) -> tuple[Any, ...]:
        depth = len(rule["group"].split(" / ")) if rule["group"] else 0
        return bool(rule["article"]), bool(rule["brand"]), depth, bool(rule["account"])

    def fits(rule: dict[str, Any]) -> bool:
        group = tuple(rule["group"].split(" / ")) if rule["group"] else ()
        return (
            rule["account"] in ("", ACCOUNT)
            and rule["article"] in ("", good.article)
            and rule["brand"] in ("", good.brand)
            and good.group[: len(group)] == group
        )

    empty = dict.fromkeys(FIELDS, "")
    rule = max((rule for rule in rules if fits(rule)), key=rank, default=empty)
    low, high = _limit(good, rule["floor"], "Минимальная"), _limit(good, rule["ceiling"], None)
    made = _stepped(good, rule, rules, last=True)
    if made is None:  # nothing to hold a limit against but an amount
        constants = [Decimal(rule[name]) if rule[name].isdigit() else None for name in ("floor", "ceiling")]
        return None, Decimal(0), None, *constants
    amount = _round_within(made, rule["rounding"], low, high)
    old: Decimal | None
    if rule["old"] == "нет":
        old = None
    elif rule["old"].startswith("+"):
        over = Decimal(rule["old"].strip("+ %"))
        old = _round(_kopecks(amount * (1 + over / 100)), rule["rounding"])
    else:
        old = good.prices.get(rule["old"] or "Старая цена")
    gap = Decimal(20) if amount < 400 else amount * Decimal("0.05264") if amount <= 10_000 else Decimal(500)
    if old is None or amount <= 0 or old - amount < gap or old - amount >= old * Decimal("0.9"):
        old = Decimal(0)
    floor = None
    if low is not None and low < amount:
        floor = max(low, (amount * Decimal("0.5") * 100).to_integral_value("ROUND_CEILING") / 100)
    return amount, old, floor, low, high


FIELDS = (
    "account",
    "group",
    "brand",
    "article",
    "name",
    "base",
    "percent",
    "extra",
    "rounding",
    "floor",
    "ceiling",
    "old",
)

rule = st.fixed_dictionaries(
    {
        "account": st.sampled_from(["", "", ACCOUNT]),
        "group": st.sampled_from(["", "", "Игрушки", "Игрушки / Мячи", "Книги"]),
        "brand": st.sampled_from(["", "", "Луна", "Соль"]),
        "article": st.sampled_from(["", "", "", *(good.article for good in GOODS[:4])]),
        "base": st.sampled_from(["", "", "Розничная", COST, "правило:"]),
        "percent": st.sampled_from(["", "0", "10", "-7.5", "33.33"]),
        "extra": st.sampled_from(["", "15", "-30", "0.05"]),
        "rounding": st.sampled_from(["", "до 9", "до 10", "вверх"]),
        "floor": st.sampled_from(["", "нет", "95", "1000", f"110 % {COST}", "Минимальная"]),
        "ceiling": st.sampled_from(["", "нет", "1105", "1002", f"250 % {COST}", "Старая цена"]),
        "old": st.sampled_from(["", "нет", "+20 %", "+3 %", "Старая цена"]),
    }
)  # fmt: skip


def _sound(drawn: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One rule for each choice of goods; each may build on any that comes before it."""
    kept: dict[tuple[str, ...], dict[str, Any]] = {}
    for each in drawn:
        kept.setdefault(tuple(each[name] for name in FIELDS[:4]), each)
    rules: list[dict[str, Any]] = []
    for number, each in enumerate(kept.values()):
        base = each["base"]
        if base == "правило:":
            base = f"правило:r{number - 1}" if number else ""
        numbers = [each[name] for name in ("floor", "ceiling")]
        crossed = all(text[:1].isdigit() and "%" not in text for text in numbers) and Decimal(
            numbers[0]
        ) > Decimal(numbers[1])
        rules.append({**each, "name": f"r{number}", "base": base, **({"ceiling": ""} if crossed else {})})
    return rules


@pytest.fixture
def shelf(engine: Engine, store: Store) -> Engine:
    """Goods of every kind with offers, prices as the model knows them."""
    for guid, path in GROUPS.items():
        engine.run(
            "insert into product_group (guid, name, path) values (%s, %s, %s) on conflict (guid) do update "
            "set path = excluded.path",
            guid, path[-1], " / ".join(path),
        )  # fmt: skip
    engine.run("insert into price_type (guid, name, currency) values (%s, %s, 'RUB')", COST, COST)
    of_path = {path: guid for guid, path in GROUPS.items()}
    for good in GOODS:
        guid = store.good(
            good.article, price=None, floor=None, stock=None,
            brand=good.brand or None, group_guid=of_path[good.group],
        )  # fmt: skip
        for name, amount in good.prices.items():
            engine.run(
                "insert into price (product_id, price_type_id, amount, currency, exchange_id, changed_at) "
                "select product_id, price_type_id, %s, 'RUB', p.exchange_id, now() from product p, price_type t "
                "where p.guid = %s and t.name = %s",
                amount, guid, name,
            )  # fmt: skip
    engine.run(
        "insert into offer (account, product_id, article, state) "
        "select 'ozon', product_id, article, 'ready' from product"
    )
    return engine


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(drawn=st.lists(rule, min_size=1, max_size=8))
def test_prices_are_those_of_an_independent_model(shelf: Engine, drawn: list[dict[str, Any]]) -> None:
    rules = _sound(drawn)
    header = "кабинет;группа;бренд;артикул;имя;вид цены;наценка %;наценка сумма;округление;не ниже;не выше;старая цена"
    put(shelf, header, *(";".join(each[name] for name in FIELDS) for each in rules))
    with shelf.database.transaction() as connection:
        plan.fill_desired(connection, shelf.seller.lane("price"))
        found = connection.execute(
            "select o.article, d.amount, d.old, d.floor, d.store_floor, d.ceiling "
            "from desired d join offer o using (offer_id)"
        ).fetchall()
    assert {row["article"]: tuple(row.values())[1:] for row in found} == {
        good.article: expected(good, rules) for good in GOODS
    }


amounts = st.decimals(min_value="0.01", max_value=20_000, places=2)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    prices=st.lists(amounts, min_size=2, max_size=20),
    limits=st.tuples(st.none() | amounts, st.none() | amounts),
    how=st.sampled_from(["nine", "ten", "up"]),
)
def test_rounding_ends_as_asked_keeps_within_limits_and_keeps_the_order(
    engine: Engine, prices: list[Decimal], limits: tuple[Decimal | None, Decimal | None], how: str
) -> None:
    low, high = limits
    rows = engine.rows(
        "select a, price_rounded_within(a, %s, %s, %s) as r from unnest(%s::numeric[]) as a order by a",
        how, low, high, prices,
    )  # fmt: skip
    grid = {"nine": lambda n: n % 10 == 9, "ten": lambda n: n % 10 == 0, "up": lambda n: n % 1 == 0}[how]
    rounded = [row["r"] for row in rows]
    assert rounded == sorted(rounded)
    for row in rows:
        inside = (low is None or row["a"] >= low) and (high is None or row["a"] <= high)
        if not inside:
            assert row["r"] == row["a"]
            continue
        assert low is None or row["r"] >= low
        assert high is None or row["r"] <= high
        room = high is None or high - row["a"] >= 20
        assert grid(row["r"]) or not room
        assert abs(row["r"] - row["a"]) < 10 or row["a"] < 10


# ------------------------------------------------------------------ ten changes an hour


def test_after_the_marketplaces_own_limit_only_the_newest_price_goes(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    cabinet.knobs(price_updates_per_hour=1)
    before = cabinet.now()
    for number in range(1, 6):
        store.set_price(guid, f"{1000 + number}")
        engine.clock.advance(minutes=10)
        engine.send("price")
    assert cabinet.prices() == {"A-1": "1000.00"}
    assert [change["to_amount"] for change in engine.changes("price", state="planned")] == [Decimal(1005)]

    cabinet.knobs(price_updates_per_hour=100)
    waited = cabinet.now()
    engine.clock.advance(hours=1)
    engine.send("price")
    assert cabinet.sent_prices(waited) == [("A-1", "1005.00")]
    assert cabinet.prices() == {"A-1": "1005.00"}
    assert len(cabinet.sent_prices(before)) <= 6
