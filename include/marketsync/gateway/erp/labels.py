"""Labels: one order's, or several in one PDF for the printer."""

from __future__ import annotations

import base64
import re
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from marketsync.gateway.access import Doorkeeper
from marketsync.gateway.erp.lookup import (
    AccountGiven,
    NumberGiven,
    ask,
    found,
    refuse_cancelled,
    tasks_of,
)
from marketsync.gateway.erp.once import Connection, answered
from marketsync.gateway.erp.shapes import LabelFile, LabelsAsked, LabelsFile, LabelWaits
from marketsync.gateway.problems import Problem
from marketsync.gateway.surroundings import Surroundings
from marketsync.marketplaces.orders import PostingStatus
from marketsync.orders import labels
from marketsync.orders.asked import TaskKind
from marketsync.orders.keys import Key, Scope
from marketsync.reports.texts import Words

__all__ = ["router"]

_PDF = "application/pdf"
_AGAIN_SECONDS = 10  # a label takes about a minute after assembling

_NOT_ASSEMBLED = frozenset({PostingStatus.NEW, PostingStatus.TO_ASSEMBLE})


class Form(StrEnum):
    """How a PDF is given."""

    PDF = "pdf"
    BASE64 = "base64"


FormGiven = Annotated[Form, Query(alias="format", description="pdf: the bytes; base64: in JSON")]


def router(surroundings: Surroundings, door: Doorkeeper) -> APIRouter:
    """The routes of labels."""
    routes = APIRouter(tags=["labels"])
    needs: Any = Depends(door.needs(Scope.LABELS))

    @routes.get(
        "/orders/{number}/label",
        response_model=LabelFile,
        responses={
            200: {"content": {_PDF: {"schema": {"type": "string", "format": "binary"}}}},
            202: {"model": LabelWaits, "description": "Not yet: come again after Retry-After"},
        },
    )
    def label(
        number: NumberGiven, form: FormGiven = Form.PDF, account: AccountGiven = None, key: Key = needs
    ) -> Response:
        """The label of an assembled order; where nobody asked the marketplace for it yet, it is asked now."""
        with surroundings.database.transaction() as connection:
            row = found(connection, number, account)
            content = labels.label_of(connection, surroundings.files, row["posting_id"])
            if content is None:
                return _not_yet(connection, row, key)
        if form is Form.PDF:
            return _file(content, f"{number}.pdf")
        return answered(
            200, {"account": row["account"], "number": number, **_as_text(content, f"{number}.pdf")}
        )

    def _not_yet(connection: Connection, row: dict[str, Any], key: Key) -> Response:
        refuse_cancelled(row)
        task = _label_task(connection, row, key)
        if task is None:
            words = Words(
                f"Этикетка заказа {row['number']} появится после сборки",
                f"The label of the order {row['number']} comes after it is assembled",
            )
            raise Problem(409, "not_assembled", words, field="number")
        if task["state"] == "refused":
            words = Words(
                f"Площадка не дала этикетку заказа {row['number']}: {task['error']}",
                f"The marketplace gave no label for the order {row['number']}: {task['error']}",
            )
            raise Problem(409, "label_refused", words, field="number")
        body = {
            "account": row["account"],
            "number": row["number"],
            "state": task["state"],
            "error": task["error"],
        }
        return answered(202, body, {"Retry-After": str(_AGAIN_SECONDS)})

    def _label_task(connection: Connection, row: dict[str, Any], key: Key) -> dict[str, Any] | None:
        """The task that fetches the label, or before it the one that assembles; None where nothing is under way."""
        asked = tasks_of(connection, row["posting_id"], surroundings.zone)
        last = {task["kind"]: task for task in asked}
        if TaskKind.LABEL in last:
            return last[TaskKind.LABEL]
        if row["status"] in _NOT_ASSEMBLED:
            shipping = last.get(TaskKind.SHIP)
            return shipping if shipping and shipping["state"] != "refused" else None
        return ask(surroundings, connection, row, TaskKind.LABEL, {}, key)

    @routes.post(
        "/labels",
        response_model=LabelsFile,
        responses={200: {"content": {_PDF: {"schema": {"type": "string", "format": "binary"}}}}},
    )
    def print_labels(body: LabelsAsked, form: FormGiven = Form.PDF, key: Key = needs) -> Response:
        """The labels of several orders as one PDF, in the order given; all of them, or none."""
        with surroundings.database.transaction() as connection:
            ids = []
            for place, item in enumerate(body.items):
                row = _of_items(connection, place, item.number, item.account)
                if labels.label_of(connection, surroundings.files, row["posting_id"]) is None:
                    words = Words(
                        f"Этикетки заказа {item.number} ещё нет", f"There is no label of {item.number} yet"
                    )
                    raise Problem(
                        409,
                        "no_label_yet",
                        words,
                        field=f"items.{place}.number",
                        retry_after=_AGAIN_SECONDS,
                    )
                ids.append(row["posting_id"])
            content = labels.merged(connection, surroundings.files, ids)
        return (
            _file(content, "labels.pdf")
            if form is Form.PDF
            else answered(200, _as_text(content, "labels.pdf"))
        )

    return routes


def _of_items(connection: Connection, place: int, number: str, account: str | None) -> dict[str, Any]:
    """As `found`, with the place of the order in the request."""
    try:
        return found(connection, number, account)
    except Problem as problem:
        problem.field = f"items.{place}.{problem.field}"
        raise


def _file(content: bytes, name: str) -> Response:
    safe = re.sub(r"[^\w.-]", "_", name, flags=re.ASCII)
    headers = {"Content-Disposition": f'attachment; filename="{safe}"'}
    return Response(content, headers=headers, media_type=_PDF)


def _as_text(content: bytes, name: str) -> dict[str, str]:
    return {"file_name": name, "media_type": _PDF, "content": base64.b64encode(content).decode("ascii")}
