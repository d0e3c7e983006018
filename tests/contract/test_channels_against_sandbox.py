"""Ozon's channels against the sandbox in its own process: cards, prices and stocks end as they were sent.

The sandbox shares no code with the product, and its goods are chosen without it: compared here are two
readings of the documentation of Ozon.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

import pytest

from marketsync.http.answers import RequestRefused
from marketsync.http.client import ApiClient
from marketsync.http.protocols import Call, Limit
from marketsync.mappings.text import normal
from marketsync.marketplaces.base import (
    Accepted,
    Attribute,
    Card,
    Category,
    Channel,
    DictionaryValue,
    Good,
    Item,
    Kind,
    Observed,
    Offer,
    Price,
    Refused,
    Rendered,
    Result,
    ShownState,
    Stock,
)
from marketsync.marketplaces.registry import marketplace
from marketsync.paths import MAPPINGS, PROJECT
from sandbox.generator.assortment import PROPERTY
from sandbox.generator.goods import Catalogue
from sandbox.generator.goods import Good as MadeGood
from sandbox.generator.goods import Offer as MadeOffer

T = TypeVar("T")

OZON = marketplace("ozon")
CLIENT_ID = "4242"
WAREHOUSE, OTHER_WAREHOUSE = "1020000000001", "1020000000002"
PATIENCE = 20.0
GOODS = 24


class Unlimited:
    """Neither limits nor writes down: the sandbox's own limits are raised instead."""

    def acquire(self, limits: Sequence[Limit], *, patience: float) -> None: ...

    def block(self, key: str, seconds: float) -> None: ...

    def record(self, call: Call) -> None: ...


@dataclass
class Outside:
    """The sandbox's process, seen from the front and from behind."""

    url: str

    def client(self) -> ApiClient:
        nothing = Unlimited()
        return OZON.connect(
            "contract",
            base_url=f"{self.url}/ozon",
            login=CLIENT_ID,
            password="sandbox",
            limiter=nothing,
            call_log=nothing,
        )

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.call("GET", f"/ozon/{CLIENT_ID}/state")
        return state

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_sandbox{path}", data=data, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return json.load(answer)


def until(found: Callable[[], T | None]) -> T:
    """What `found` finds within PATIENCE."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        value = found()
        if value is not None:
            return value
        time.sleep(0.02)
    raise AssertionError(f"nothing within {PATIENCE} s")


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--time-scale", "0.02"]
    process = subprocess.Popen(command, cwd=PROJECT)
    try:
        there = Outside(f"http://127.0.0.1:{port}")

        def answers() -> bool | None:
            assert process.poll() is None, "the sandbox ended at its start"
            try:
                return bool(there.call("GET", "/health"))
            except OSError:
                return None

        until(answers)
        there.call("PATCH", "/knobs", {"ozon": {"requests_per_second": 100_000}})
        yield there
    finally:
        process.terminate()
        process.wait(10)


class ReadDictionary:
    """The dictionaries, read from the sandbox when they are needed."""

    version = "contract"

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self._categories = {
            (normal(category.category_name), normal(category.type_name)): category
            for category in OZON.categories(client)
        }
        self._attributes: dict[Category, Sequence[Attribute]] = {}
        self._values: dict[Attribute, dict[str, DictionaryValue]] = {}

    def category(self, category_name: str, type_name: str) -> Category | None:
        return self._categories.get((normal(category_name), normal(type_name)))

    def attributes(self, category: Category) -> Sequence[Attribute]:
        if category not in self._attributes:
            self._attributes[category] = OZON.attributes(self._client, category)
        return self._attributes[category]

    def value(self, attribute: Attribute, text: str) -> DictionaryValue | None:
        if attribute not in self._values:
            values = OZON.values(self._client, attribute)
            self._values[attribute] = {normal(value.value): value for value in values}
        return self._values[attribute].get(normal(text))


def _as_1c_writes(number: float) -> str:
    return f"{number:g}".replace(".", ",")


def _good(made: MadeGood, offer: MadeOffer, images_url: str) -> Good:
    measures = {
        "length": made.length / 10,
        "width": made.width / 10,
        "height": made.height / 10,
        "weight": made.weight / 1000,
    }
    texts = dict(made.values) | {key: _as_1c_writes(number) for key, number in measures.items()}
    return Good(
        guid=offer.guid,
        good_guid=made.guid,
        article=offer.article,
        code=None,
        name=offer.name,
        full_name=made.name,
        description=made.description,
        brand=made.brand,
        unit="шт",
        vat=str(made.group.vat),
        group=f"{made.group.parent} / {made.group.name}",
        barcodes=(offer.barcode,),
        pictures=tuple(f"{images_url}/{path}" for path in made.pictures),
        properties={PROPERTY[key].name: text for key, text in texts.items()},
        characteristics=dict(offer.characteristics),
        requisites={},
    )


@dataclass(frozen=True)
class Listed:
    """A generated good with its card on the sandbox's Ozon."""

    made: MadeGood
    offer: MadeOffer
    item: Item

    @property
    def card(self) -> Card:
        assert isinstance(self.item.value, Card)
        return self.item.value


def _roubles(kopecks: int) -> Decimal:
    return Decimal(kopecks) / 100


@pytest.fixture(scope="module")
def channels(outside: Outside) -> Sequence[Channel]:
    """Cards, prices, stocks."""
    kinds = (Kind.DOCUMENT, Kind.PRICE, Kind.STOCK)
    return [channel(outside.client()) for channel in OZON.channels if channel.kind in kinds]


@pytest.fixture(scope="module")
def listed(outside: Outside, channels: Sequence[Channel]) -> list[Listed]:
    """Goods of every kind, rendered by the shipped mapping, imported and identified."""
    renderer = OZON.renderer(MAPPINGS / "ozon", ReadDictionary(outside.client()))
    catalogue = Catalogue.of(seed=5, offers=600, marked=1.0)
    step = catalogue.goods // GOODS
    goods = [catalogue.good(number) for number in range(0, catalogue.goods, step)]
    made = [(good, offer) for good in goods for offer in good.offers[:2]]
    rows = []
    for number, (good, offer) in enumerate(made, start=1):
        drawing = renderer.render(_good(good, offer, f"{outside.url}/images"))
        assert isinstance(drawing, Rendered), drawing
        price = Price(_roubles(offer.price.price), _roubles(offer.price.old) or None, None, "RUB")
        card = Card(drawing.document, drawing.hash, price)
        rows.append(Listed(good, offer, Item(Offer(number, offer.article), card)))

    cards = channels[0]
    items = [row.item for row in rows]
    offers = [item.offer for item in items]
    task = cards.submit(items, 1)
    assert isinstance(task, Accepted)
    outcomes = until(lambda: cards.poll(task.task_id, offers))
    assert [(outcome.offer_id, outcome.result, outcome.problems) for outcome in outcomes] == [
        (offer.offer_id, Result.CONFIRMED, ()) for offer in offers
    ]

    def identified() -> dict[str, Any] | None:
        found = {identity.article: identity for identity in cards.identify(offers)}
        return found if len(found) == len(offers) and all(each.ready for each in found.values()) else None

    known = until(identified)
    return [
        replace(
            row,
            item=replace(
                row.item,
                offer=replace(
                    row.item.offer,
                    external_id=known[row.offer.article].external_id,
                    sku=known[row.offer.article].sku,
                ),
            ),
        )
        for row in rows
    ]


def _observed(channel: Channel, *warehouses: str) -> dict[tuple[str, str], Observed]:
    return {(row.external_id, row.warehouse): row for page in channel.observe(warehouses) for row in page}


def test_the_shipped_mapping_fits_the_dictionaries(outside: Outside) -> None:
    assert OZON.renderer(MAPPINGS / "ozon", ReadDictionary(outside.client())).check() == []


def test_the_key_and_the_warehouses_are_read(outside: Outside) -> None:
    client = outside.client()
    assert OZON.check(client).tzinfo is not None
    assert {each.warehouse: each.active for each in OZON.warehouses(client)}[WAREHOUSE] is True


def test_cards_end_there_as_the_generator_made_them(outside: Outside, listed: list[Listed]) -> None:
    assert len({row.made.group for row in listed}) >= 8
    assert any("#" in row.offer.guid for row in listed)
    state = outside.state()
    for row in listed:
        there, made, offer = state[row.offer.article], row.made, row.offer
        assert there["name"] == offer.name
        assert there["barcode"] == offer.barcode
        assert there["vat"] == f"{made.group.vat / 100:g}"
        assert (there["depth"], there["width"], there["height"]) == (made.length, made.width, made.height)
        assert (there["weight"], there["weight_unit"], there["dimension_unit"]) == (made.weight, "g", "mm")
        assert there["images"] == [f"{outside.url}/images/{path}" for path in made.pictures]
        assert Decimal(there["price"]) == _roubles(offer.price.price)
        assert str(there["product_id"]) == row.item.offer.external_id
        shown = {each["id"]: [value["value"] for value in each["values"]] for each in there["attributes"]}
        wanted = {PROPERTY[key].attribute_id: text for key, text in made.values}
        assert {id_: shown[id_] for id_ in wanted} == {id_: [text] for id_, text in wanted.items()}
        assert shown[85] == [made.brand]


def test_cards_are_read_back_with_the_hash_that_was_sent(
    channels: Sequence[Channel], listed: list[Listed]
) -> None:
    observed = _observed(channels[0])
    for row in listed:
        there = observed[row.item.offer.external_id or "", ""]
        assert there.document is not None
        assert channels[0].document_differences(row.card.document, there.document) == []
        assert there.hash == row.card.hash
        assert (there.article, there.barcode, there.sku) == (
            row.offer.article,
            row.offer.barcode,
            row.item.offer.sku,
        )


def test_a_card_edited_in_the_cabinet_is_told_by_field(
    outside: Outside, channels: Sequence[Channel], listed: list[Listed]
) -> None:
    row = listed[-1]
    outside.call(
        "POST", f"/ozon/{CLIENT_ID}/edit", {"offer_id": row.offer.article, "name": "Правка в кабинете"}
    )

    def edited() -> Observed | None:
        there = _observed(channels[0])[row.item.offer.external_id or "", ""]
        return there if there.hash != row.card.hash else None

    there = until(edited)
    assert there.document is not None
    assert channels[0].document_differences(row.card.document, there.document) == [
        ("name", row.offer.name, "Правка в кабинете")
    ]
    task = channels[0].submit([row.item], 1)
    assert isinstance(task, Accepted)
    (outcome,) = until(lambda: channels[0].poll(task.task_id, [row.item.offer]))
    assert outcome.result is Result.CONFIRMED
    assert outside.state()[row.offer.article]["name"] == row.offer.name


def test_a_card_that_ozon_refuses_says_why_and_leaves_the_others_alone(
    channels: Sequence[Channel], listed: list[Listed]
) -> None:
    good, other = listed[0], listed[1]
    spoilt = replace(good.card, document={**good.card.document, "vat": "0.18"})
    items = [Item(good.item.offer, spoilt), other.item]
    task = channels[0].submit(items, 1)
    assert isinstance(task, Accepted)
    refused, taken = until(lambda: channels[0].poll(task.task_id, [item.offer for item in items]))
    assert (refused.result, refused.problems[0].code) == (Result.REJECTED, "vat_invalid")
    assert taken.result is Result.CONFIRMED


def test_prices_end_there_and_a_jump_is_seen_in_quarantine(
    outside: Outside, channels: Sequence[Channel], listed: list[Listed]
) -> None:
    prices = channels[1]
    items = []
    for row in listed:
        final = row.offer.price
        value = Price(_roubles(final.price), _roubles(final.old) or None, _roubles(final.minimum), "RUB")
        items.append(Item(row.item.offer, value))
    outcomes = prices.submit(items, 2)
    assert not isinstance(outcomes, Accepted)
    assert {outcome.result for outcome in outcomes} == {Result.CONFIRMED}
    state = outside.state()
    for row in listed:
        there, final = state[row.offer.article], row.offer.price
        assert [Decimal(there[name]) for name in ("price", "old_price", "min_price")] == [
            _roubles(kopecks) for kopecks in (final.price, final.old, final.minimum)
        ]

    jumping = replace(items[0], value=Price(_roubles(listed[0].offer.price.price) * 3, None, None, "RUB"))
    prices.submit([jumping], 3)

    def quarantined() -> dict[tuple[str, str], Observed] | None:
        found = _observed(prices)
        held = found[jumping.offer.external_id or "", ""].state is ShownState.QUARANTINED
        return found if held and all(row.floor for row in found.values()) else None

    observed = until(quarantined)
    for row, item in zip(listed, items, strict=True):
        there = observed[row.item.offer.external_id or "", ""]
        assert isinstance(item.value, Price)
        assert (there.amount, there.old, there.floor) == (item.value.amount, item.value.old, item.value.floor)
        expected = ShownState.QUARANTINED if row is listed[0] else ShownState.SHOWN
        assert there.state is expected


def test_a_price_below_the_floor_in_force_is_rejected(
    channels: Sequence[Channel], listed: list[Listed]
) -> None:
    final = listed[2].offer.price
    channels[1].submit(
        [Item(listed[2].item.offer, Price(_roubles(final.price), None, _roubles(final.minimum), "RUB"))], 2
    )
    outcomes = channels[1].submit([Item(listed[2].item.offer, Price(Decimal(1), None, None, "RUB"))], 2)
    assert not isinstance(outcomes, Accepted)
    assert outcomes[0].result is Result.REJECTED
    assert outcomes[0].problems[0].code == "price_less_than_min_auto_price"


def test_stocks_end_there_by_warehouse_and_a_second_update_waits(
    outside: Outside, channels: Sequence[Channel], listed: list[Listed]
) -> None:
    stocks = channels[2]
    items = [
        Item(row.item.offer, Stock(warehouse, number + int(warehouse[-1])))
        for number, row in enumerate(listed[:20])
        for warehouse in (WAREHOUSE, OTHER_WAREHOUSE)
    ]
    outcomes = stocks.submit(items, 4)
    assert not isinstance(outcomes, Accepted)
    assert {outcome.result for outcome in outcomes} == {Result.CONFIRMED}
    state = outside.state()
    for item in items:
        assert isinstance(item.value, Stock)
        there = state[item.offer.article]["stocks"][item.warehouse]
        assert there["present"] - there["reserved"] == item.value.quantity

    def all_shown() -> dict[tuple[str, str], Observed] | None:
        found = _observed(stocks, WAREHOUSE, OTHER_WAREHOUSE)
        return found if all((item.offer.external_id, item.warehouse) in found for item in items) else None

    observed = until(all_shown)
    for item in items:
        assert isinstance(item.value, Stock)
        assert observed[item.offer.external_id or "", item.warehouse].amount == item.value.quantity

    again = stocks.submit(items[:1], 5)
    assert not isinstance(again, Accepted)
    assert (again[0].result, again[0].again_after) == (Result.RETRY, 30)


def test_a_stock_of_an_unknown_offer_or_warehouse_is_rejected_alone(
    channels: Sequence[Channel], listed: list[Listed]
) -> None:
    items = [
        Item(Offer(900, "NO-SUCH-ARTICLE"), Stock(WAREHOUSE, 1)),
        Item(listed[21].item.offer, Stock("55", 1)),
        Item(listed[21].item.offer, Stock(WAREHOUSE, 1)),
    ]
    outcomes = channels[2].submit(items, 6)
    assert not isinstance(outcomes, Accepted)
    assert [outcome.result for outcome in outcomes] == [Result.REJECTED, Result.REJECTED, Result.CONFIRMED]
    assert [outcome.problems[0].code for outcome in outcomes[:2]] == [
        "offer_id_not_found",
        "WAREHOUSE_NOT_FOUND",
    ]


def test_a_batch_that_is_refused_as_a_whole_names_the_offer(
    channels: Sequence[Channel], listed: list[Listed]
) -> None:
    too_long = replace(listed[1].item, offer=Offer(2, "X" * 51))
    with pytest.raises(RequestRefused) as caught:
        channels[0].submit([listed[0].item, too_long], 7)
    assert caught.value.place.offer == "X" * 51
    assert caught.value.status == 400


def test_goods_that_the_mapping_refuses_never_reach_ozon(outside: Outside) -> None:
    renderer = OZON.renderer(MAPPINGS / "ozon", ReadDictionary(outside.client()))
    made = Catalogue.of(seed=5, offers=10, marked=1.0).good(0)
    good = _good(made, made.offers[0], outside.url)
    drawing = renderer.render(
        replace(good, brand="Ясельки-Карусельки", barcodes=(), group="Разное / Без категории")
    )
    assert isinstance(drawing, Refused)
    assert {problem.code for problem in drawing.problems} == {"unmapped_category", "missing_barcode"}
    drawing = renderer.render(replace(good, brand="Ясельки-Карусельки"))
    assert isinstance(drawing, Refused)
    assert [(problem.code, problem.field) for problem in drawing.problems] == [("unknown_value", "brand")]
