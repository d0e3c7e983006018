"""The past of an offer in words, for a terminal; Russian, or English by setting."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from marketsync.lineage.past import Change, Past, Row, mentions
from marketsync.reports.texts import GUARDS, VOCABULARIES, Language, Words, word

__all__ = ["Teller"]

_TEXTS = {
    "card": Words("карточка", "card"),
    "at": Words("На", "At"),
    "said": Words("1С сообщила", "The store said"),
    "nothing_said": Words("  ничего не известно", "  nothing is known"),
    "seen": Words("Площадка показывала", "The marketplace showed"),
    "never_seen": Words("  ещё не читали", "  it was not read yet"),
    "changes": Words("Изменения, последние сверху", "Changes, the newest first"),
    "no_changes": Words("  не было", "  there were none"),
    "people": Words("Решения людей, последние сверху", "What people did, the newest first"),
    "whole_account": Words("весь кабинет", "the whole account"),
    "until": Words("до", "until"),
    "request": Words("запрос №", "request"),
    "refusals": Words("Сейчас не отправляется", "Not sent now"),
    "quarantine": Words("В карантине маркетплейса", "In the marketplace's quarantine"),
    "in_force": Words("действовала", "in force"),
    "released": Words("выпущена", "released"),
    "replaced": Words("сменилась другой", "replaced by another"),
    "raised": Words("отправлена ещё раз", "sent once more"),
    "since": Words("с", "since"),
    "delivery": Words("выгрузка", "delivery"),
    "product": Words("товар", "good"),
    "price": Words("цена", "price"),
    "stock": Words("остаток", "stock"),
    "plan": Words("план", "plan"),
    "because": Words("почему", "why"),
    "held_by": Words("задержано", "held"),
    "sent": Words("отправлено", "sent"),
    "answered": Words("ответ", "answer"),
    "in_body": Words("в запросе", "in the request"),
    "in_answer": Words("в ответе", "in the answer"),
}
_CONTENT = ("article", "name", "brand", "vat", "barcodes", "deleted", "properties", "characteristics")


class Teller:
    """Says pasts line by line.

    Args:
        zone: in which times are said.
        bodies: also what the calls carried of the offer, as it was logged.
    """

    def __init__(self, language: Language, zone: tzinfo, *, bodies: bool) -> None:
        self._language = language
        self._zone = zone
        self._bodies = bodies

    def lines(self, past: Past) -> Iterator[str]:
        """One offer at one time."""
        offer = past.offer
        ids = ", ".join(str(offer[name]) for name in ("external_id", "sku") if offer[name])
        yield f"{offer['account']}  {offer['article']}  {offer['name']}  1C {offer['guid']}"
        state = word(VOCABULARIES["offer_state"], offer["state"], self._language)
        yield f"  {self._text('card')}: {state}{f' ({ids})' if ids else ''}"
        yield f"{self._text('at')} {self._time(past.at)}"
        yield f"{self._text('said')}:"
        for row in past.said:
            yield from self._said(row, past)
        if not past.said:
            yield self._text("nothing_said")
        yield f"{self._text('seen')}:"
        for row in past.seen:
            yield (
                f"  {self._channel(row)}: {self._value(row, '')} {row['state'] or ''}"
                f" ({self._text('since')} {self._time(row['since'])})"
            )
        if not past.seen:
            yield self._text("never_seen")
        if past.refusals:
            yield f"{self._text('refusals')}:"
            for row in past.refusals:
                which = f" {row['field']}" if row["origin"] == "picture" and row["field"] else ""
                yield (
                    f"  {self._channel(row)}{which}: {row['message']} [{row['code']}] ({self._time(row['since'])})"
                )
        if past.quarantine:
            yield f"{self._text('quarantine')}:"
        for row in past.quarantine:
            ended = ""
            if row["ended_at"]:
                who = f" {row['author']}: {row['reason']}" if row["author"] else ""
                ended = f"; {self._time(row['ended_at'])} {self._text(row['outcome'])}{who}"
            yield (
                f"  {self._time(row['found_at'])} {row['amount']} ({self._text('in_force')} {row['in_force']}){ended}"
            )
        if past.people:
            yield f"{self._text('people')}:"
            for row in past.people:
                yield self._decision(row)
        yield f"{self._text('changes')}:"
        for change in past.changes:
            yield from self._change(change, past)
        if not past.changes:
            yield self._text("no_changes")

    def _said(self, row: Row, past: Past) -> Iterator[str]:
        value: Mapping[str, Any] = row["value"]
        if row["kind"] == "product":
            said = ", ".join(f"{name}={_short(value[name])}" for name in _CONTENT if value.get(name))
        else:
            said = " ".join(str(part) for part in value.values() if part is not None)
        whose = "" if row["guid"] == past.offer["guid"] else f" {row['guid']}"
        place = f" «{row['place']}»" if row["place"] else ""
        yield (
            f"  {self._text(row['kind'])}{whose}{place}: {said} ({self._text('delivery')} {row['exchange_id']},"
            f" {self._text('since')} {self._time(row['since'])})"
        )

    def _decision(self, row: Row) -> str:
        action = word(VOCABULARIES["action"], row["action"], self._language)
        what = (
            self._channel(row) if row["channel"] else self._text("whole_account") if row["on_account"] else ""
        )
        value = ""
        if row["request_id"]:
            guard = word(GUARDS, row["guard"], self._language)
            value = f" {self._value(row, 'to_')} ({guard}; {self._text('request')} {row['request_id']})"
        until = f", {self._text('until')} {self._time(row['until'])}" if row["until"] else ""
        place = f", {what}" if what else ""
        return f"  {self._time(row['at'])} {row['author']}: {action}{place}{value}{until}: {row['reason'] or '-'}"

    def _change(self, change: Change, past: Past) -> Iterator[str]:
        row = change.row
        why = word(VOCABULARIES["why"], row["why"], self._language)
        delivery = f", {self._text('delivery')} {row['exchange_id']}" if row["exchange_id"] else ""
        if row["origin"]:
            why += f", {word(VOCABULARIES['origin_of_count'], row['origin'], self._language)}"
        yield (
            f"  {self._time(row['planned_at'])} {self._text('plan')} {row['plan_id']}, {self._channel(row)}:"
            f" {self._value(row, 'from_')} -> {self._value(row, 'to_')} ({self._text('because')}: {why}{delivery})"
            f" - {row['state']}"
        )
        if row["guard"]:
            yield f"      {self._text('held_by')}: {word(GUARDS, row['guard'], self._language)} [{row['guard']}]"
        if row["sent_at"]:
            yield f"      {self._text('sent')} {self._time(row['sent_at'])}"
        names = [str(past.offer[name]) for name in ("article", "external_id", "sku") if past.offer[name]]
        for call in change.calls:
            trace = f" {call['trace_id']}" if call["trace_id"] else ""
            yield (
                f"      {self._time(call['at'])} {call['method']} {call['status'] or call['outcome']}"
                f" {call['ms']} ms{trace}"
            )
            if self._bodies:
                for title, body in (("in_body", "request_body"), ("in_answer", "response_body")):
                    for part in mentions(call[body], names):
                        yield f"        {self._text(title)}: {json.dumps(part, ensure_ascii=False)}"
        if row["finished_at"] and (row["answer_code"] or row["answer_message"]):
            yield (
                f"      {self._text('answered')} {self._time(row['finished_at'])}:"
                f" {row['answer_message'] or ''} [{row['answer_code'] or ''}]"
            )

    def _channel(self, row: Row) -> str:
        name = word(VOCABULARIES["channel"], row["channel"], self._language)
        place = row.get("warehouse")
        return f"{name} {place}" if place else name

    def _value(self, row: Row, prefix: str) -> str:
        amount, text, hash_ = (row.get(f"{prefix}{name}") for name in ("amount", "text", "hash"))
        if isinstance(amount, Decimal):
            more = [
                f"{name} {row[f'{prefix}{name}']}" for name in ("old", "floor") if row.get(f"{prefix}{name}")
            ]
            return f"{amount.normalize():f}" + (f" ({', '.join(more)})" if more else "")
        if text is not None:
            return str(text)
        return str(hash_)[:12] if hash_ else "-"

    def _text(self, code: str) -> str:
        return _TEXTS[code].of(self._language)

    def _time(self, moment: datetime) -> str:
        return moment.astimezone(self._zone).strftime("%d.%m.%Y %H:%M:%S")


def _short(value: Any) -> str:
    said = json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value
    return said if len(said) <= 200 else f"{said[:199]}…"
