"""What may be asked of a shipment, and the carrier's order that is made of it, of the settings and of the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from marketsync.carriers.base import Address, CarrierOrder, Good, Place
from marketsync.errors import BadInput
from marketsync.errors import Place as ErrorPlace
from marketsync.order_settings import Carrier

__all__ = ["AskedPlace", "AskedShipment", "Unusable", "carrier_order", "checked", "next_pickup"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AskedPlace(_Strict):
    """One parcel: kilograms, and centimetres."""

    weight: Decimal = Field(gt=0, le=1000, max_digits=8, decimal_places=3)
    length: Decimal | None = Field(default=None, gt=0, le=500, decimal_places=1)
    width: Decimal | None = Field(default=None, gt=0, le=500, decimal_places=1)
    height: Decimal | None = Field(default=None, gt=0, le=500, decimal_places=1)


class AskedShipment(_Strict):
    """What the ERP may say about a shipment; everything else comes from accounts.yaml.

    Attributes:
        carrier: which of `carriers`, where it is another than the account's.
        places: the parcels; none: one, with the weight of the goods.
        pickup_date: when it is picked up; none: by the settings.
        terminal: the carrier's point where the buyer fetches it.
        declared_value: what the parcels are insured for.
    """

    carrier: str | None = Field(default=None, max_length=40)
    places: tuple[AskedPlace, ...] = Field(default=(), max_length=50)
    service: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    variant: str | None = Field(default=None, pattern=r"^[ТД]{2}$")
    pickup_date: date | None = None
    terminal: str | None = Field(default=None, max_length=20)
    declared_value: Decimal | None = Field(default=None, ge=0, max_digits=12, decimal_places=2)


class Unusable(Exception):
    """No order can be made of it: a person must act. The words name what is missing, never what is there."""


def checked(asked: Mapping[str, Any]) -> AskedShipment:
    """What was asked for.

    Raises:
        BadInput: with the field.
    """
    try:
        return AskedShipment.model_validate(dict(asked))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadInput(
            f"отгрузка перевозчиком: поле {field}: {first['msg']}", place=ErrorPlace(field=field)
        ) from error


def next_pickup(settings: Carrier, now: datetime, time_zone: ZoneInfo) -> date:
    """The first day on which the carrier comes, so many days from now as the settings say."""
    day = now.astimezone(time_zone).date() + timedelta(days=settings.days_to_pickup)
    while day.isoweekday() not in settings.pickup_days:
        day += timedelta(days=1)
    return day


def carrier_order(
    number: str,
    pickup_date: date,
    asked: AskedShipment,
    settings: Carrier,
    person: Mapping[str, Any] | None,
    lines: Sequence[Mapping[str, Any]],
) -> CarrierOrder:
    """The order as the carrier gets it.

    Args:
        person: as in table buyer; None where it was erased or never came.
        lines: article, name, quantity, price and weight of the order's goods.

    Raises:
        Unusable: the receiver is not known well enough.
    """
    goods = tuple(
        Good(
            article=line["article"],
            name=line["name"] or "",
            quantity=line["quantity"],
            value=line["price"] if settings.declare_value else None,
        )
        for line in lines
    )
    places = tuple(Place(place.weight, place.length, place.width, place.height) for place in asked.places)
    value = asked.declared_value
    if value is None and settings.declare_value:
        value = sum(((line["price"] or Decimal(0)) * line["quantity"] for line in lines), Decimal(0))
    return CarrierOrder(
        number=number,
        pickup_date=pickup_date,
        pickup_hours=settings.pickup_hours,
        service=asked.service or settings.service,
        variant=asked.variant or settings.variant,
        category=settings.category,
        sender=settings.sender,
        receiver=_receiver(person, asked.terminal or ""),
        places=places or (Place(_weight(lines, settings.weight)),),
        goods=goods,
        value=value,
    )


def _receiver(person: Mapping[str, Any] | None, terminal: str) -> Address:
    if not person:
        raise Unusable("данных получателя нет (не пришли от маркетплейса или уже стёрты)")
    parts: Mapping[str, Any] = person.get("address") or {}
    address = Address(
        name=_text(person, "name"),
        phone=_text(person, "phone"),
        email=_text(person, "email"),
        comment=_text(person, "comment"),
        country=_text(parts, "country"),
        region=_text(parts, "region"),
        district=_text(parts, "district"),
        city=_text(parts, "city"),
        postcode=_text(parts, "postcode"),
        street=_text(parts, "street"),
        house=_text(parts, "house"),
        flat=_text(parts, "flat"),
        whole=_text(parts, "whole"),
        terminal=terminal,
    )
    missing = [
        word
        for word, there in (
            ("имени", address.name),
            ("телефона", address.phone),
            ("адреса", address.terminal or address.whole or (address.city and address.street)),
        )
        if not there
    ]
    if missing:
        raise Unusable(f"у получателя нет {', '.join(missing)}")
    return address


def _text(parts: Mapping[str, Any], name: str) -> str:
    value = parts.get(name)
    return "" if value is None else " ".join(str(value).split())


def _weight(lines: Sequence[Mapping[str, Any]], usual: Decimal) -> Decimal:
    """Kilograms of all goods together."""
    total = Decimal(0)
    for line in lines:
        try:
            weight = Decimal(str(line["weight"] or "").replace(",", ".").strip())
        except InvalidOperation:
            weight = usual
        total += (weight if weight.is_finite() and weight > 0 else usual) * line["quantity"]
    return total or usual
