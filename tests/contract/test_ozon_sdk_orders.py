"""The independent client reads the sandbox's orders: see test_ozon_sdk for how an answer is examined."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import msgspec
import pytest
from ozon_sdk import OzonAPIError
from ozon_sdk.base.model import attach_extras
from ozon_sdk.seller_api.basic import models
from test_ozon_sdk import CLIENT, MOSCOW, Sandbox, examined, missing_fields, sandbox, server, unknown_fields

__all__ = ["sandbox", "server"]  # fixtures

FIRST, LAST = "2020-01-01T00:00:00Z", "2020-12-31T00:00:00Z"
MARK = "0104600000000017215!serial%d"
# What no posting of the sandbox has: containers, courier, a code of the courier, charges, a third date.
NEVER = (
    "container",
    "pickup_code_verified_at",
)
NEVER_IN_TARIFF = (
    "tariffication.current_tariff_charge",
    "tariffication.current_tariff_min_charge",
    "tariffication.next_tariff_charge",
    "tariffication.next_tariff_min_charge",
)
NEVER_IN_ANALYTICS = ("analytics_data.client_delivery_date_begin", "analytics_data.client_delivery_date_end")


class Shop:
    """A cabinet with two goods, and what buyers do in it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        stocks = {str(MOSCOW): {"present": 100}}
        cards = [{"offer_id": name, "price": "1000.50", "stocks": stocks} for name in ("A-1", "B-2")]
        sandbox.order("cards", cards=cards)

    def do(self, action: str, **body: Any) -> Any:
        return self.sandbox.http.post(f"/ozon/{CLIENT}/{action}", json=body).raise_for_status().json()

    def order(self, *products: tuple[str, int], **fields: Any) -> dict[str, Any]:
        """A buyer's order, in a window that nothing else of the sandbox falls into."""
        lines = [{"offer_id": name, "quantity": count} for name, count in products or [("A-1", 2)]]
        times = {"in_process_at": "2020-05-01T10:00:00+00:00", "ship_by": "2020-05-02T10:00:00+00:00"}
        made: dict[str, Any] = self.do("order", products=lines, **{**times, **fields})
        return made

    def moved(self, status: str, *products: tuple[str, int], **fields: Any) -> str:
        """The number of an order in another status."""
        number = str(self.order(*products, **fields)["posting_number"])
        self.do("order_move", posting_number=number, status=status)
        return number

    def known(self, what: str = "postings") -> Any:
        return self.sandbox.http.get(f"/ozon/{CLIENT}/{what}").json()


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    sandbox.http.patch(
        "/knobs", json={"ozon_orders": {"exemplar_set_body": "object", "unfulfilled_statuses": "listed"}}
    ).raise_for_status()
    return Shop(sandbox)


def _instant(text: str | None) -> str | None:
    """A time as the sandbox's state and as an answer write it, to the microsecond."""
    if text is None:
        return None
    return text.replace("+00:00", "").removesuffix("Z").replace(".000000", "")


def _lines(known: dict[str, Any]) -> list[tuple[str, int, int, str, str]]:
    return [
        (each["offer_id"], each["sku"], each["quantity"], each["price"], each["currency_code"])
        for each in known["products"]
    ]


def _agrees(shown: Any, known: dict[str, Any]) -> None:
    """The fields that both forms of a posting share, against the sandbox's own state."""
    for name in (
        "posting_number",
        "order_id",
        "order_number",
        "parent_posting_number",
        "status",
        "substatus",
        "tracking_number",
    ):
        assert getattr(shown, name) == known[name]
    for name, of_state in (
        ("in_process_at", "in_process_at"),
        ("shipment_date", "ship_by"),
        ("delivering_date", "delivering_date"),
    ):
        assert _instant(getattr(shown, name)) == _instant(known[of_state])
    assert shown.tpl_integration_type == known["integration"]
    assert shown.delivery_method.warehouse_id == known["warehouse_id"]
    assert shown.delivery_method.id_ == known["delivery_method_id"]
    assert [each.sku for each in shown.products] == [each["sku"] for each in known["products"]]
    required = shown.requirements.products_requiring_mandatory_mark
    assert [int(sku) for sku in required] == known["requirements"].get(
        "products_requiring_mandatory_mark", []
    )
    why = known["cancellation"] or {"reason_id": 0, "reason": "", "by": "", "after_ship": False}
    cancelled = shown.cancellation
    assert (cancelled.cancel_reason_id, cancelled.cancel_reason) == (why["reason_id"], why["reason"])
    assert (cancelled.cancellation_type, cancelled.cancelled_after_ship) == (why["by"], why["after_ship"])
    buyer = known["buyer"]
    assert (shown.customer is None) == (buyer is None)
    if buyer is not None:
        assert (shown.customer.name, shown.customer.phone) == (buyer["name"], buyer["phone"])
        assert shown.addressee.name == buyer["name"]
        address = shown.customer.address
        assert (address.address_tail, address.city) == (buyer["address_tail"], buyer["city"])
        assert (address.zip_code, address.comment) == (buyer["zip_code"], buyer["comment"])


def _all_kinds(shop: Shop) -> None:
    """Postings that together fill every field that the sandbox fills at all."""
    shop.order(("A-1", 2), ("B-2", 1), requirements={"mandatory_mark": ["A-1"]}, possible_marks=["B-2"])
    shop.moved("delivering", scheme="rfbs", tracking_number="T-1", buyer={"comment": "Звонить"})
    gone = shop.order(unpaid=False)["posting_number"]
    shop.do("order_cancel", posting_number=gone, by="client", reason_id=505)


# --- lists and one posting ---


def test_a_misspelt_key_in_a_posting_would_fail_the_examination() -> None:
    raw = {"postings": [{"posting_number": "1-1-1", "delivery_method": {"id": 7, "wharehouse_id": 8}}]}
    answer = msgspec.convert(raw, models.PostingV4PostingFbsListResponse, strict=False)
    attach_extras(raw, answer)
    assert unknown_fields(answer) == ["$.postings[0].delivery_method.wharehouse_id"]
    assert "$.postings[].delivery_method.warehouse_id" in missing_fields(answer)
    with pytest.raises(AssertionError):
        examined(answer)


def _examined_list(answer: Any, *more: str) -> Any:
    absent = (*NEVER, *NEVER_IN_TARIFF, *NEVER_IN_ANALYTICS)
    return examined(answer, absent=(*(f"$.postings[].{name}" for name in absent), *more))


def test_the_unfulfilled(shop: Shop) -> None:
    _all_kinds(shop)
    known = shop.known()
    wanted = models.PostingV4PostingFbsUnfulfilledListRequestWith(
        analytics_data=True, barcodes=True, financial_data=True, legal_info=True
    )
    window = models.PostingV4PostingFbsUnfulfilledListRequestFilter(cutoff_from=FIRST, cutoff_to=LAST)
    answer = _examined_list(
        shop.sandbox.ask(
            lambda api: api.posting_fbs_unfulfilled_list(filter_=window, limit=100, with_=wanted)
        )
    )
    assert (answer.count, answer.has_next, len(answer.postings)) == (3, False, len(known))
    for shown in answer.postings:
        of_state = known[shown.posting_number]
        _agrees(shown, of_state)
        assert [
            (each.offer_id, each.sku, each.quantity, each.price.amount, each.price.currency)
            for each in shown.products
        ] == _lines(of_state)
        assert [each.quantity for each in shown.financial_data.products] == [
            each["quantity"] for each in of_state["products"]
        ]
        assert shown.delivery_schema == of_state["scheme"]


def test_the_list_by_pages(shop: Shop) -> None:
    _all_kinds(shop)
    known = shop.known()
    wanted = models.PostingV4PostingFbsListRequestWith(
        analytics_data=True, barcodes=True, financial_data=True, legal_info=True
    )
    window = models.PostingV4PostingFbsListRequestFilter(since=FIRST, to=LAST)
    whole = _examined_list(
        shop.sandbox.ask(lambda api: api.posting_fbs_list(filter_=window, limit=100, with_=wanted))
    )
    assert [each.posting_number for each in whole.postings] == list(known)
    for shown in whole.postings:
        _agrees(shown, known[shown.posting_number])
        assert [each.price.amount for each in shown.products] == [
            each["price"] for each in known[shown.posting_number]["products"]
        ]

    async def every(api: Any) -> list[str]:
        return [each.posting_number async for each in api.posting_fbs_list(filter_=window, limit=1)]

    assert shop.sandbox.ask(every) == list(known)


def test_one_posting(shop: Shop) -> None:
    _all_kinds(shop)
    number = shop.moved("delivered", scheme="rfbs", requirements={"mandatory_mark": ["A-1"]})
    shop.sandbox.ask(lambda api: api.fbs_posting_product_exemplar_create_or_get_v6(posting_number=number))
    wanted = models.Postingv3FbsPostingWithParamsExamplars(
        analytics_data=True,
        barcodes=True,
        financial_data=True,
        legal_info=True,
        product_exemplars=True,
        related_postings=True,
    )
    absent = (
        *NEVER,
        *NEVER_IN_ANALYTICS,
        "courier",
        "tariffication.next_tariff_starts_at",
    )
    shown = examined(
        shop.sandbox.ask(lambda api: api.get_fbs_posting_v3(posting_number=number, with_=wanted)),
        absent=(*(f"$.result.{name}" for name in absent), "$.result.delivering_date"),
    ).result
    known = shop.known()[number]
    _agrees(shown, known)
    [line] = shown.products
    assert (line.offer_id, line.quantity, line.price, line.currency_code) == ("A-1", 2, "1000.5000", "RUB")
    assert shown.fact_delivery_date is not None
    assert shown.previous_substatus == known["previous_substatus"] == "posting_created"
    [product] = shown.product_exemplars.products
    [sku] = known["exemplars"]
    assert (product.sku, len(product.exemplars)) == (int(sku), 2)
    assert [each.exemplar_id for each in product.exemplars] == [
        each["exemplar_id"] for each in known["exemplars"][sku]
    ]
    with pytest.raises(OzonAPIError) as caught:
        shop.sandbox.ask(lambda api: api.get_fbs_posting_v3(posting_number="0-0-0"))
    assert (caught.value.status_code, "POSTING_NOT_FOUND" in str(caught.value)) == (404, True)


def test_a_posting_by_its_barcode(shop: Shop) -> None:
    number = shop.moved("awaiting_deliver")
    known = shop.known()[number]
    shown = shop.sandbox.ask(lambda api: api.get_fbs_posting_v3(posting_number=number)).result
    found = examined(
        shop.sandbox.ask(lambda api: api.get_fbs_posting_by_barcode(barcode=shown.scanit))
    ).result
    assert (found.posting_number, found.order_id, found.status) == (
        number,
        known["order_id"],
        known["status"],
    )
    assert _instant(found.shipment_date) == _instant(known["ship_by"])
    [line] = found.products
    assert (line.offer_id, line.quantity, line.price) == ("A-1", 2, "1000.5000")


# --- assembly ---


def _package(*products: tuple[int, int]) -> models.FbsPostingShipV4RequestPackage:
    return models.FbsPostingShipV4RequestPackage(
        products=[
            models.FbsPostingShipV4RequestPackageProduct(product_id=sku, quantity=quantity)
            for sku, quantity in products
        ]
    )


def test_assembly_in_two_packages(shop: Shop) -> None:
    made = shop.order(("A-1", 2), ("B-2", 1))
    (first, _), (second, _) = [(each["sku"], each["quantity"]) for each in made["products"]]
    packages = [_package((first, 1)), _package((first, 1), (second, 1))]
    answer = examined(
        shop.sandbox.ask(
            lambda api: api.ship_fbs_posting_v4(
                posting_number=made["posting_number"],
                packages=packages,
                with_=models.FbsPostingShipV4RequestWith(additional_data=True),
            )
        )
    )
    known = shop.known()
    assert answer.result == list(known)
    assert {each["status"] for each in known.values()} == {"awaiting_deliver"}
    told = {each.posting_number: each.products for each in answer.additional_data}
    for number, of_state in known.items():
        assert [
            (each.offer_id, each.sku, each.quantity, each.price, each.currency_code) for each in told[number]
        ] == _lines(of_state)


def test_assembly_of_a_part(shop: Shop) -> None:
    made = shop.order()
    products = [
        models.V4FbsPostingShipPackageV4RequestProduct(product_id=made["products"][0]["sku"], quantity=1)
    ]
    answer = examined(
        shop.sandbox.ask(
            lambda api: api.ship_fbs_posting_package(posting_number=made["posting_number"], products=products)
        )
    )
    assert shop.known()[answer.result]["products"][0]["quantity"] == 1


def test_parting_and_restrictions(shop: Shop) -> None:
    made = shop.order()
    number, sku = made["posting_number"], made["products"][0]["sku"]
    parts = [
        models.V1PostingFbsSplitRequestPosting(
            products=[models.V1ProductFbsSplit(product_id=sku, quantity=1)]
        )
    ]
    answer = examined(shop.sandbox.ask(lambda api: api.fbs_split(posting_number=number, postings=parts)))
    known = shop.known()
    for shown in (answer.parent_posting, *answer.postings):
        assert [(each.product_id, each.quantity) for each in shown.products] == [
            (each["sku"], each["quantity"]) for each in known[shown.posting_number]["products"]
        ]
    limits = examined(shop.sandbox.ask(lambda api: api.get_restrictions(posting_number=number))).result
    assert (limits.posting_number, limits.max_posting_weight) == (number, 40_000.0)


def test_marks(shop: Shop) -> None:
    made = shop.order(requirements={"mandatory_mark": ["A-1"]})
    number, sku = made["posting_number"], made["products"][0]["sku"]
    got = examined(
        shop.sandbox.ask(
            lambda api: api.fbs_posting_product_exemplar_create_or_get_v6(posting_number=number)
        ),
        absent=(),
    )
    [product] = got.products
    assert (product.product_id, product.quantity, product.is_mandatory_mark_needed) == (sku, 2, True)
    exemplars = [
        models.FbsPostingProductExemplarSetV6RequestExemplars(
            exemplar_id=each.exemplar_id,
            gtd="10702030/231126/0012345",
            marks=[models.ExemplarsMarks(mark=MARK % place, mark_type="mandatory_mark")],
        )
        for place, each in enumerate(product.exemplars)
    ]
    told = [models.FbsPostingProductExemplarSetV6RequestProducts(product_id=sku, exemplars=exemplars)]
    shop.sandbox.ask(
        lambda api: api.fbs_posting_product_exemplar_set_v6(posting_number=number, products=told)
    )
    answer = examined(
        shop.sandbox.ask(lambda api: api.fbs_posting_product_exemplar_status_v5(posting_number=number))
    )
    known = shop.known()[number]["exemplars"][str(sku)]
    assert (answer.status, answer.posting_number) == ("ship_available", number)
    [checked] = answer.products
    assert [each.exemplar_id for each in checked.exemplars] == [each["exemplar_id"] for each in known]
    assert [[mark.mark for mark in each.marks] for each in checked.exemplars] == [
        each["marks"] for each in known
    ]
    assert [each.gtd for each in checked.exemplars] == [each["gtd"] for each in known]
    assert {mark.check_status for each in checked.exemplars for mark in each.marks} == {"passed"}


def test_marks_are_validated_and_countries_told(shop: Shop) -> None:
    made = shop.order(("A-1", 1), requirements={"country": ["A-1"], "mandatory_mark": ["A-1"]})
    number, sku = made["posting_number"], made["products"][0]["sku"]
    exemplar = models.V5FbsPostingProductExemplarValidateV5RequestProductExemplar(
        marks=[
            models.V5FbsPostingProductExemplarValidateV5RequestProductEx61feaa(
                mark="bad", mark_type="mandatory_mark"
            )
        ]
    )
    products = [
        models.V5FbsPostingProductExemplarValidateV5RequestProduct(product_id=sku, exemplars=[exemplar])
    ]
    answer = examined(
        shop.sandbox.ask(
            lambda api: api.fbs_posting_product_exemplar_validate_v5(posting_number=number, products=products)
        )
    )
    [mark] = answer.products[0].exemplars[0].marks
    assert (mark.mark, mark.valid, mark.errors) == ("bad", False, ["INVALID_MARK"])
    listed = examined(
        shop.sandbox.ask(lambda api: api.list_country_product_fbs_posting_v2(name_search="кит"))
    )
    assert [(each.name, each.country_iso_code) for each in listed.result] == [("Китай", "CN")]
    answer = examined(
        shop.sandbox.ask(
            lambda api: api.set_country_product_fbs_posting_v2(
                posting_number=number, product_id=sku, country_iso_code="CN"
            )
        )
    )
    assert (answer.product_id, answer.is_gtd_needed) == (sku, False)
    assert shop.known()[number]["countries"] == {str(sku): "CN"}


# --- labels ---


def test_labels(shop: Shop) -> None:
    ready, waiting = shop.moved("awaiting_deliver"), shop.order()["posting_number"]
    tasks = examined(
        shop.sandbox.ask(lambda api: api.posting_fbs_package_label_create(posting_numbers=[ready, waiting]))
    ).tasks
    assert [each.task_type for each in tasks] == ["big_label", "small_label"]
    for each in tasks:
        task = each.task_id
        done = examined(shop.sandbox.ask(lambda api, n=task: api.posting_fbs_package_label_get(task_id=n)))
        assert (done.status.code, done.status.postings_count) == ("completed", 2)
        assert done.status.printed_postings_count == 1
        assert [one.posting_number for one in done.status.unprinted_postings] == [waiting]
        file = httpx.get(done.file_url).raise_for_status()
        assert (file.headers["content-type"], file.content[:5]) == ("application/pdf", b"%PDF-")
        assert ready.encode() in file.content
    with pytest.raises(OzonAPIError) as caught:
        shop.sandbox.ask(lambda api: api.posting_fbs_package_label_create(posting_numbers=[waiting]))
    assert (caught.value.status_code, "NO_POSTINGS_FOR_BATCH_DOWNLOAD" in str(caught.value)) == (400, True)


# --- cancellations, deliveries by the seller ---


def test_reasons_and_cancellations(shop: Shop) -> None:
    listed = examined(shop.sandbox.ask(lambda api: api.get_posting_fbs_cancel_reason_list()))
    assert {each.id_: each.is_available_for_cancellation for each in listed.result}[401] is False
    made = shop.order(("A-1", 2), ("B-2", 1))
    number = made["posting_number"]
    of_one = examined(
        shop.sandbox.ask(lambda api: api.get_posting_fbs_cancel_reason_v1(related_posting_numbers=[number]))
    )
    assert [(each.posting_number, [one.id_ for one in each.reasons]) for each in of_one.result] == [
        (number, [352, 400, 402])
    ]
    items = [models.PostingProductCancelRequestItem(sku=made["products"][0]["sku"], quantity=1)]
    part = examined(
        shop.sandbox.ask(
            lambda api: api.cancel_fbs_posting_product(
                posting_number=number, cancel_reason_id=352, cancel_reason_message="Нет", items=items
            )
        )
    )
    assert (part.result, shop.known()[number]["products"][0]["quantity"]) == (number, 1)
    done = examined(
        shop.sandbox.ask(
            lambda api: api.cancel_fbs_posting(
                posting_number=number, cancel_reason_id=402, cancel_reason_message="Разбили"
            )
        )
    )
    why = shop.known()[number]["cancellation"]
    assert (done.result, why["reason_id"], why["reason"], why["by"]) == (True, 402, "Разбили", "seller")


def test_a_delivery_by_the_seller(shop: Shop) -> None:
    number = shop.moved("awaiting_deliver", scheme="rfbs")
    numbers = [
        models.FbsPostingTrackingNumberSetRequestTrackingNumber(
            posting_number=number, tracking_number="DPD-1"
        )
    ]
    answer = examined(
        shop.sandbox.ask(lambda api: api.fbs_posting_tracking_number_set(tracking_numbers=numbers))
    )
    assert [(each.posting_number, each.result, each.error) for each in answer.result] == [(number, True, "")]
    assert shop.known()[number]["tracking_number"] == "DPD-1"
    seen = []
    for use in (
        lambda api: api.fbs_posting_delivering(posting_number=[number]),
        lambda api: api.fbs_posting_last_mile(posting_number=[number]),
        lambda api: api.fbs_posting_delivered(posting_number=[number]),
    ):
        [moved] = examined(shop.sandbox.ask(use)).result
        seen.append((moved.result, shop.known()[number]["status"], shop.known()[number]["substatus"]))
    assert seen == [
        (True, "delivering", "posting_on_way_to_city"),
        (True, "delivering", "posting_in_courier_service"),
        (True, "delivered", "posting_delivered"),
    ]


def test_cutoff_and_disputes(shop: Shop) -> None:
    own, disputed = shop.order(scheme="rfbs")["posting_number"], shop.moved("not_accepted")
    when = "2020-06-01T10:00:00Z"
    done = examined(
        shop.sandbox.ask(lambda api: api.set_posting_cutoff(posting_number=own, new_cutoff_date=when))
    )
    assert (done.result, _instant(shop.known()[own]["ship_by"])) == (True, _instant(when))
    seen = []
    for use in (
        lambda api: api.move_fbs_posting_to_arbitration(posting_number=[disputed]),
        lambda api: api.move_fbs_posting_to_awaiting_delivery(posting_number=[disputed]),
    ):
        assert examined(shop.sandbox.ask(use)).result is True
        seen.append(shop.known()[disputed]["status"])
    assert seen == ["arbitration", "awaiting_deliver"]


# --- handovers ---


def test_a_carriage(shop: Shop) -> None:
    number, other = shop.moved("awaiting_deliver"), shop.moved("awaiting_deliver")
    carriage = examined(
        shop.sandbox.ask(lambda api: api.carriage_create(delivery_method_id=MOSCOW))
    ).carriage_id
    known = shop.known("carriages")[str(carriage)]
    assert known["postings"] == [number, other]
    rewritten = examined(
        shop.sandbox.ask(lambda api: api.set_postings(carriage_id=carriage, posting_numbers=[number]))
    )
    assert [(each.posting_number, each.result, each.error) for each in rewritten.result] == [
        (number, True, "")
    ]
    shop.sandbox.ask(lambda api: api.carriage_approve(carriage_id=carriage, containers_count=2))
    known = shop.known("carriages")[str(carriage)]
    shown = examined(shop.sandbox.ask(lambda api: api.carriage_get(carriage_id=carriage)))
    assert (shown.carriage_id, shown.status, shown.containers_count) == (carriage, known["status"], 2)
    assert (shown.delivery_method_id, shown.warehouse_id) == (known["delivery_method_id"], MOSCOW)
    papers = examined(shop.sandbox.ask(lambda api: api.posting_fbs_act_check_status(id_=carriage))).result
    assert (papers.status, papers.added_to_act) == ("ready", known["postings"])
    listed = shop.sandbox.ask(lambda api: api.carriage_delivery_list_v2(limit=10))
    [method] = examined(listed, absent=()).methods
    assert [(each.id_, each.status, each.postings_count) for each in method.carriages] == [
        (carriage, "formed", 1),
        (0, "new", 1),
    ]
    [line] = examined(shop.sandbox.ask(lambda api: api.act_posting_list(id_=carriage))).result
    assert (line.posting_number, line.products[0].offer_id) == (number, "A-1")
    window = models.V2PostingFbsActListFilter(date_from="2020-01-01", date_to="2100-01-01")
    acts = shop.sandbox.ask(lambda api: api.fbs_act_list(filter_=window, limit=10))
    [act] = examined(
        acts,
        absent=(
            "$.result[].related_docs.act_of_mismatch.created_at",
            "$.result[].related_docs.act_of_excess.created_at",
        ),
    ).result
    assert (act.id_, act.status) == (carriage, known["status"])
    code = examined(shop.sandbox.ask(lambda api: api.posting_fbs_get_barcode_text(id_=carriage)))
    assert code.result == f"%303%{carriage}"
    for use in (
        lambda api: api.posting_fbs_get_act(id_=carriage),
        lambda api: api.posting_fbs_get_barcode(id_=carriage),
        lambda api: api.posting_fbs_act_get_container_labels(id_=carriage),
    ):
        shop.sandbox.ask(use)
    gone = examined(shop.sandbox.ask(lambda api: api.carriage_cancel(carriage_id=carriage)))
    assert (gone.error, gone.carriage_status) == ("", shop.known("carriages")[str(carriage)]["status"])


# --- returns and ratings ---


@pytest.mark.parametrize("ids", ["string", "int"])
def test_returns(shop: Shop, ids: str) -> None:
    shop.sandbox.http.patch("/knobs", json={"ozon_orders": {"return_ids": ids}}).raise_for_status()
    number = shop.moved("delivered")
    shop.do("return", posting_number=number, quantity=1, reason="Мал размер", state="ReceivedBySeller")
    shop.do("return", posting_number=number, quantity=1, state="ArrivedAtReturnPlace")
    never = (
        "compensation_status",
        "return_clearing_id",
        "logistic.technical_return_moment",
        "logistic.cancelled_with_compensation_moment",
        "storage.tariffication_first_date",
        "storage.tariffication_start_date",
        "storage.utilization_forecast_date",
    )
    answer = examined(
        shop.sandbox.ask(lambda api: api.returns_list(limit=500)),
        absent=tuple(f"$.returns[].{name}" for name in never),
    )
    known = shop.known("returns")
    assert [str(each.id_) for each in answer.returns] == list(known)
    for shown in answer.returns:
        of_state = known[str(shown.id_)]
        assert (shown.posting_number, shown.type_) == (of_state["posting_number"], of_state["type"])
        assert (shown.product.offer_id, int(shown.product.sku)) == (of_state["offer_id"], of_state["sku"])
        assert shown.product.quantity == of_state["quantity"]
        assert shown.visual.status.sys_name == of_state["state"]
        assert shown.return_reason_name == of_state["reason"]
        assert shown.schema.upper() == "FBS"
        assert _instant(shown.visual.change_moment) == _instant(of_state["changed_at"])


def test_ratings(shop: Shop) -> None:
    name = "rating_general_indicator_fbs_rfbs"
    shop.do("rating", rating=name, value=4.5, warning=4, danger=15, premium=1)
    summary = examined(shop.sandbox.ask(lambda api: api.rating_summary_v1()))
    [item] = [each for group in summary.groups for each in group.items if each.rating == name]
    assert (item.current_value, item.status, item.rating_direction) == (4.5, "WARNING", "LOWER_IS_BETTER")
    history = examined(
        shop.sandbox.ask(
            lambda api: api.rating_history_v1(
                date_from="2020-01-01T00:00:00Z", date_to="2020-01-02T00:00:00Z", ratings=[name]
            )
        ),
        absent=(),
    )
    [found] = history.ratings
    assert (found.rating, found.warning_threshold, found.danger_threshold) == (name, 4.0, 15.0)
    assert [each.value for each in found.values] == [4.5, 4.5]
    assert [(each.status.warning, each.status.danger) for each in found.values] == [(True, False)] * 2


def test_the_index_of_errors(shop: Shop) -> None:
    number = shop.order()["posting_number"]
    shop.do("order_cancel", posting_number=number, by="seller", reason_id=352)
    index = examined(shop.sandbox.ask(lambda api: api.get_fbs_rating_index_info_v1()))
    assert (index.index, len(index.defects), index.defects[-1].index_by_date) == (100.0, 14, 100.0)
    window = models.ListFbsRatingIndexPostingsV1RequestFilter(
        date_from="2020-01-01T00:00:00Z", date_to="2100-01-01T00:00:00Z"
    )
    answer = examined(
        shop.sandbox.ask(lambda api: api.list_fbs_rating_index_postings_v1(filter_=window, limit=10))
    )
    [error] = answer.errors
    assert (error.posting_number, error.posting_error_type) == (number, "SELLER_CANCELLATION")
    assert error.product_price == 2001.0


# --- addresses for pushes ---


@pytest.fixture
def address() -> Iterator[str]:
    """An address that answers a ping rightly."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps({"version": "1", "name": "shop", "time": "2026-01-01T00:00:00Z"}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
            return

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}/push"
    http.shutdown()
    thread.join()
    http.server_close()


def test_addresses(shop: Shop, address: str) -> None:
    types = ["TYPE_NEW_POSTING", "TYPE_POSTING_CANCELLED"]
    alive = examined(shop.sandbox.ask(lambda api: api.check_notification(url=address)))
    assert (alive.is_active, alive.errors) == (True, [])
    dead = examined(shop.sandbox.ask(lambda api: api.check_notification(url="http://127.0.0.1:9/closed")))
    assert (dead.is_active, [each.type_ for each in dead.errors]) == (False, ["REQUEST_ERROR"])
    shop.sandbox.ask(lambda api: api.set_notification(url=address, types=types))
    listed = examined(shop.sandbox.ask(lambda api: api.notification_list(limit=10)))
    [shown] = listed.urls
    assert (listed.total_count, shown.url, shown.enable) == (1, address, True)
    assert [each.type_ for each in shown.types] == types
    by_type = examined(shop.sandbox.ask(lambda api: api.get_notification_push_type_list()))
    assert {each.type_ for each in by_type.types if each.seller_endpoint is not None} == set(types)
    shop.sandbox.ask(lambda api: api.update_notification(id_=shown.id_, types=types[:1]))
    shop.sandbox.ask(lambda api: api.enable_notification(id_=shown.id_, enabled=False))
    [known] = shop.known("pushes")["addresses"]
    assert (known["types"], known["enabled"]) == (types[:1], False)
    shop.sandbox.ask(lambda api: api.delete_notification(id_=shown.id_))
    assert shop.known("pushes")["addresses"] == []
