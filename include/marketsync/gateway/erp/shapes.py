"""The JSON of the ERP API. Every key is always there; null stands for what is not known.

Money is text with a point ("1299.00"), ids and barcodes are text (leading zeros stay), moments are ISO 8601 with
their offset in fields that end in _at, days are yyyy-mm-dd in fields that end in _date.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

__all__ = [
    "AnswerItem",
    "Assembled",
    "Buyer",
    "Cancel",
    "CancelLine",
    "CancelReasonShown",
    "CancelReasons",
    "Cancellation",
    "Handover",
    "HandoverAsked",
    "Handovers",
    "LabelFile",
    "LabelOrder",
    "LabelWaits",
    "LabelsAsked",
    "LabelsFile",
    "Offer",
    "OfferPrice",
    "OfferStock",
    "Offers",
    "Order",
    "OrderLine",
    "OrderPage",
    "OrderShown",
    "OrderTask",
    "OrderTasks",
    "Pack",
    "PackAnswer",
    "PackAnswered",
    "PackAnsweredItem",
    "PackageAsked",
    "PackedLine",
    "ProblemBody",
    "ReturnPage",
    "ReturnShown",
    "ShipmentAsked",
    "ShipmentEventShown",
    "ShipmentPlace",
    "ShipmentShown",
    "Shipped",
    "Task",
    "Track",
]

Number = Annotated[str, Field(min_length=1, max_length=100)]
Short = Annotated[str, Field(min_length=1, max_length=100)]
Text = Annotated[str, Field(min_length=1, max_length=500)]
Reason = Annotated[str, Field(min_length=1, max_length=1000)]
Pieces = Annotated[StrictInt, Field(ge=1, le=1_000_000)]
Account = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class Shown(BaseModel):
    """What is answered."""

    model_config = ConfigDict(extra="forbid")


class Asked(BaseModel):
    """What is asked: a key that nobody knows is a mistake, and said so."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ProblemBody(Shown):
    """Why a request was not done."""

    code: str
    message: str
    message_en: str
    field: str | None


# ------------------------------------------------------------------ orders


class Cancellation(Shown):
    """Why an order was cancelled, and by whom: buyer, seller, marketplace."""

    code: str | None
    reason: str | None
    by: str | None
    after_shipping: bool | None


class OrderLine(Shown):
    """Some pieces of one good.

    `article` is the marketplace's word, which may be an earlier one; `current_article`, `guid` and
    `characteristic_guid` are 1C's, null where nobody here knows the good. `needs` names what must be told before it
    is shipped: mark, gtd, country, weight, imei.
    """

    line: int
    article: str
    current_article: str | None
    guid: str | None
    characteristic_guid: str | None
    sku: str | None
    name: str | None
    quantity: int
    price: str | None
    sum: str | None
    needs: list[str]


class Buyer(Shown):
    """Who receives what we deliver ourselves."""

    name: str | None
    phone: str | None
    email: str | None
    address: str | None
    comment: str | None


class Order(Shown):
    """An order as the marketplace shows it."""

    account: str
    number: str
    order_number: str | None
    parent_number: str | None
    version: int
    status: str
    status_there: str
    substatus_there: str | None
    delivered_by: str
    warehouse: str | None
    delivery_method: str | None
    tracking_number: str | None
    currency: str | None
    created_at: str | None
    ship_by_at: str | None
    received_at: str
    changed_at: str
    cancellation: Cancellation | None
    lines: list[OrderLine]
    buyer: Buyer | None


class Pack(Shown):
    """A pack of orders; `number` is null and `items` empty where there is nothing to tell."""

    number: str | None
    made_at: str | None
    items: list[Order]


class AnswerItem(Asked):
    """The answer to one order of a pack."""

    number: Number
    account: Account | None = None
    result: Literal["taken", "refused"]
    reference: Short | None = None
    document_number: Short | None = None
    reason: Reason | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> AnswerItem:
        if self.result == "taken" and not (self.reference and self.document_number):
            raise ValueError("taken needs reference and document_number")
        if self.result == "taken" and self.reason:
            raise ValueError("taken has no reason")
        if self.result == "refused" and not self.reason:
            raise ValueError("refused needs a reason")
        return self


class PackAnswer(Asked):
    """Answers to orders of a pack; those that are left out come again."""

    items: Annotated[list[AnswerItem], Field(min_length=1, max_length=500)]


class PackAnsweredItem(Shown):
    """What is known of an order's answer; `result` is null while there is none."""

    number: str
    account: str
    result: str | None
    reference: str | None
    document_number: str | None
    reason: str | None
    answered_at: str | None


class PackAnswered(Shown):
    """How far a pack is answered."""

    number: str
    closed: bool
    items: list[PackAnsweredItem]


# ------------------------------------------------------------------ what is asked for an order


class Task(Shown):
    """Something that was asked for, and how far it is: waiting, doing, done or refused (`error` says why)."""

    task: str
    kind: str
    state: str
    error: str | None
    asked_by: str
    asked_at: str
    finished_at: str | None


class OrderShown(Order):
    """An order with all that is known of it here.

    `answer` is the ERP's last answer: waiting, taken, refused.
    """

    answer: str
    reference: str | None
    document_number: str | None
    answered_at: str | None
    shipped_at: str | None
    has_label: bool
    tasks: list[Task]


class OrderPage(Shown):
    """Orders, those that changed first at first; `next_cursor` leads on from here, also later."""

    items: list[Order]
    next_cursor: str | None
    has_more: bool


class OrderTask(Shown):
    """What was asked for an order; `task` is null where nothing had to be done."""

    account: str
    number: str
    task: Task | None


class OrderTasks(Shown):
    """What became of a report on an order."""

    account: str
    number: str
    shipped_at: str | None
    tasks: list[Task]


class PackedLine(Asked):
    """Pieces of one line in a package; lists have one entry for each piece."""

    line: Annotated[StrictInt, Field(ge=1, le=10_000)]
    quantity: Pieces
    marks: Annotated[list[Text], Field(max_length=1000)] = []
    imeis: Annotated[list[Short], Field(max_length=1000)] = []
    country: Annotated[str, Field(min_length=1, max_length=3)] | None = None
    customs_number: Short | None = None
    weight: Annotated[str, Field(pattern=r"^\d{1,6}(\.\d{1,3})?$")] | None = None


class PackageAsked(Asked):
    """What is packed together."""

    lines: Annotated[list[PackedLine], Field(min_length=1, max_length=1000)]


class Assembled(Asked):
    """How an order was packed; without packages, everything together."""

    packages: Annotated[list[PackageAsked], Field(max_length=100)] = []


class CancelLine(Asked):
    """Pieces of one line."""

    line: Annotated[StrictInt, Field(ge=1, le=10_000)]
    quantity: Pieces


class Cancel(Asked):
    """A cancellation by the seller: of the whole order, or of the pieces in `lines`."""

    reason: Short
    message: Reason | None = None
    lines: Annotated[list[CancelLine], Field(max_length=1000)] = []


class CancelReasonShown(Shown):
    """Why the seller may cancel this order."""

    code: str
    title: str
    needs_message: bool


class CancelReasons(Shown):
    """Why the seller may cancel this order."""

    items: list[CancelReasonShown]


class Shipped(Asked):
    """The goods left the store; a tracking number only where we deliver ourselves."""

    tracking_number: Short | None = None


# ------------------------------------------------------------------ labels, deliveries, handovers


class LabelFile(Shown):
    """A label as base64, for whom bytes are awkward."""

    account: str
    number: str
    file_name: str
    media_type: str
    content: str


class LabelWaits(Shown):
    """There is no label yet: come again after Retry-After seconds."""

    account: str
    number: str
    state: str
    error: str | None


class LabelOrder(Asked):
    """An order whose label is wanted."""

    number: Number
    account: Account | None = None


class LabelsAsked(Asked):
    """Labels for one print, in this order."""

    items: Annotated[list[LabelOrder], Field(min_length=1, max_length=200)]


class LabelsFile(Shown):
    """Several labels in one PDF, as base64."""

    file_name: str
    media_type: str
    content: str


class ShipmentPlace(Asked):
    """One parcel: kilograms, and centimetres, as text with a point."""

    weight: Annotated[str, Field(pattern=r"^\d{1,4}(\.\d{1,3})?$")]
    length: Annotated[str, Field(pattern=r"^\d{1,3}(\.\d)?$")] | None = None
    width: Annotated[str, Field(pattern=r"^\d{1,3}(\.\d)?$")] | None = None
    height: Annotated[str, Field(pattern=r"^\d{1,3}(\.\d)?$")] | None = None


class ShipmentAsked(Asked):
    """A delivery by our own carrier; what is left out comes from the settings."""

    carrier: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")] | None = None
    places: Annotated[list[ShipmentPlace], Field(max_length=50)] = []
    service: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    variant: Annotated[str, Field(pattern=r"^[ТД]{2}$")] | None = None
    pickup_date: date | None = None
    terminal: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    declared_value: Annotated[str, Field(pattern=r"^\d{1,10}(\.\d{1,2})?$")] | None = None


class ShipmentEventShown(Shown):
    """Something that happened to the parcels."""

    status: str
    message: str
    stage: str | None
    place: str | None
    happened_at: str | None


class ShipmentShown(Shown):
    """A delivery by our own carrier: waiting, asked, pending, accepted, refused or cancelled."""

    account: str
    number: str
    carrier: str
    our_number: str
    tracking_number: str | None
    pickup_date: str
    state: str
    stage: str | None
    message: str
    status_there: str | None
    error: str | None
    cancel_answer: str | None
    created_at: str
    changed_at: str


class Track(ShipmentShown):
    """A delivery with its way so far, oldest first."""

    events: list[ShipmentEventShown]


class HandoverAsked(Asked):
    """A handover of everything that is ready, to the marketplace's carrier."""

    account: Account
    delivery_method: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,40}$")]
    departure_date: date


class Handover(Shown):
    """A handover: waiting, forming, ready or refused; its act can be fetched once it is ready."""

    handover: str
    account: str
    delivery_method: str
    departure_date: str
    state: str
    status_there: str | None
    has_act: bool
    error: str | None
    asked_by: str
    created_at: str
    changed_at: str


class Handovers(Shown):
    """Handovers, the latest day first."""

    items: list[Handover]


# ------------------------------------------------------------------ what comes back, and what is offered


class ReturnShown(Shown):
    """Pieces that come back, or came."""

    account: str
    id: str
    number: str
    article: str | None
    sku: str | None
    guid: str | None
    characteristic_guid: str | None
    quantity: int
    kind: str
    status_there: str | None
    reason: str | None
    moved_at: str | None
    changed_at: str


class ReturnPage(Shown):
    """Returns, those that changed first at first; `next_cursor` leads on from here, also later."""

    items: list[ReturnShown]
    next_cursor: str | None
    has_more: bool


class OfferPrice(Shown):
    """A price as the marketplace confirmed it when it was set, and as it was last read there."""

    confirmed: str | None
    confirmed_old: str | None
    confirmed_at: str | None
    observed: str | None
    observed_old: str | None
    observed_at: str | None


class OfferStock(Shown):
    """Pieces in one of the marketplace's warehouses, as confirmed and as last read."""

    warehouse: str
    confirmed: int | None
    confirmed_at: str | None
    observed: int | None
    observed_at: str | None


class Offer(Shown):
    """A good on one account."""

    account: str
    article: str
    current_article: str | None
    guid: str
    characteristic_guid: str | None
    state: str
    price: OfferPrice | None
    stocks: list[OfferStock]


class Offers(Shown):
    """A good on every account that has it."""

    items: list[Offer]
