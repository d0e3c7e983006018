"""The JSON of the ERP API. Every key is always there; null stands for what is not known.

Money is text with a point ("1299.00"), ids and barcodes are text (leading zeros stay), moments are ISO 8601 with
their offset in fields that end in _at, days are yyyy-mm-dd in fields that end in _date.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

__all__ = [
    "Account",
    "AnswerItem",
    "Asked",
    "Assembled",
    "Buyer",
    "Cancel",
    "CancelLine",
    "CancelReasonShown",
    "CancelReasons",
    "Cancellation",
    "Number",
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
    "Pieces",
    "ProblemBody",
    "Shipped",
    "Short",
    "Shown",
    "Task",
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
