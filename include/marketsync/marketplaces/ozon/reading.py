"""Pages of Ozon's lists. Every reader stops with an error where a cursor comes back unchanged, instead of
turning in a circle or losing the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marketsync.errors import Place, Retriable
from marketsync.http.answers import RequestRefused
from marketsync.http.client import ApiClient
from marketsync.marketplaces.ozon.limits import ROWS_PER_PAGE

__all__ = ["card_rows", "import_items", "info_rows", "pages", "picture_rows", "product_pages"]

_Row = Mapping[str, Any]

_TASK_IS_GONE = 404


def pages(
    client: ApiClient,
    path: str,
    payload: Mapping[str, Any],
    *,
    rows: Sequence[str],
    cursor: str = "cursor",
    answer_cursor: Sequence[str] = ("cursor",),
) -> Iterator[list[_Row]]:
    """The pages of a list that is read by a cursor.

    Args:
        client: the account's.
        path: the method.
        payload: without the cursor.
        rows: where in the answer the rows are, e.g. ("result", "items").
        cursor: the request's field for the cursor.
        answer_cursor: where in the answer the next cursor is.
    """
    position: Any = None
    while True:
        answer = client.post(path, payload if position is None else {**payload, cursor: position})
        page = _inside(answer, rows) or []
        if page:
            yield page
        following = _inside(answer, answer_cursor)
        if not page or not following:
            return
        if following == position:
            raise Retriable(
                f"Ozon повторяет страницу {position!r} и не отдаёт следующую",
                place=Place(account=client.account, method=f"POST {path}"),
            )
        position = following


def product_pages(client: ApiClient, visibility: str) -> Iterator[list[_Row]]:
    """The account's products of one visibility. Source: Ozon Seller API, /v3/product/list."""
    return pages(
        client,
        "/v3/product/list",
        {"filter": {"visibility": visibility}, "limit": ROWS_PER_PAGE},
        rows=("result", "items"),
        cursor="last_id",
        answer_cursor=("result", "last_id"),
    )


def info_rows(client: ApiClient, field: str, ids: Sequence[str]) -> list[_Row]:
    """What is shown of products by their offer_id or product_id, at most 1000; unknown ones are left out.

    Source: Ozon Seller API, /v3/product/info/list.
    """
    answer = client.post("/v3/product/info/list", {field: list(ids)})
    return list(answer.get("items") or ())


def card_rows(client: ApiClient, product_ids: Sequence[str]) -> dict[str, _Row]:
    """The content of cards by product_id, at most 1000.

    Source: Ozon Seller API, /v4/product/info/attributes.
    """
    found: dict[str, _Row] = {}
    for page in pages(
        client,
        "/v4/product/info/attributes",
        {"filter": {"product_id": list(product_ids), "visibility": "ALL"}, "limit": ROWS_PER_PAGE},
        rows=("result",),
        cursor="last_id",
        answer_cursor=("last_id",),
    ):
        found.update({str(row["id"]): row for row in page})
        if len(found) >= len(product_ids):
            break
    return found


def picture_rows(client: ApiClient, product_ids: Sequence[str]) -> list[_Row]:
    """The pictures of products, at most 1000, with what was wrong with those that were sent last.

    Source: Ozon Seller API, /v2/product/pictures/info.
    """
    answer = client.post("/v2/product/pictures/info", {"product_id": list(product_ids)})
    return list(answer.get("items") or ())


def import_items(client: ApiClient, task_id: str) -> list[_Row] | None:
    """What became of the items of a task; None where Ozon knows the task no longer.

    Source: Ozon Seller API, /v1/product/import/info.
    """
    try:
        answer = client.post("/v1/product/import/info", {"task_id": int(task_id)})
    except RequestRefused as error:
        if error.status != _TASK_IS_GONE:
            raise
        return None
    return list((answer.get("result") or {}).get("items") or ())


def _inside(answer: Mapping[str, Any], steps: Sequence[str]) -> Any:
    value: Any = answer
    for step in steps:
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value
