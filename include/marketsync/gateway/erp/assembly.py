"""What the ERP packed, held against what was ordered, and told in the words in which it becomes work.

The ERP speaks of the lines of the order that it was given; the marketplace wants its own numbers of goods, and each
piece's codes. A mistake is named by package and line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from marketsync.gateway.erp.shapes import Assembled, CancelLine, PackedLine
from marketsync.gateway.problems import Problem
from marketsync.reports.texts import Words

__all__ = ["lines_of", "shipping_of"]

Line = Mapping[str, Any]


def shipping_of(row: Mapping[str, Any], body: Assembled) -> dict[str, Any]:
    """What is asked of the marketplace for an order that was packed like this.

    Args:
        row: the order, as book.find shows it.

    Raises:
        Problem: 422, with the line: a quantity is wrong, or something that it needs is not told.
    """
    lines: dict[int, Line] = {line["line"]: line for line in row["lines"]}
    needs: Mapping[str, Sequence[str]] = row["requirements"]
    if not body.packages:
        for number, line in lines.items():
            missing = sorted({kind for kind, skus in needs.items() if line["sku"] in skus} & _TOLD.keys())
            if missing:
                raise _wrong(
                    "packages",
                    f"строке {number} нужно: {', '.join(missing)}",
                    f"line {number} needs {', '.join(missing)}",
                    "codes_needed",
                )
        return {}
    packed: Counter[int] = Counter()
    packages: list[dict[str, Any]] = []
    pieces: list[dict[str, str]] = []
    for at, package in enumerate(body.packages):
        in_package: Counter[str] = Counter()
        for place, given in enumerate(package.lines):
            field = f"packages.{at}.lines.{place}"
            line = _known(lines, given.line, f"{field}.line")
            packed[given.line] += given.quantity
            if packed[given.line] > line["quantity"]:
                raise _wrong_quantity(line, packed[given.line], f"{field}.quantity")
            in_package[line["sku"]] += given.quantity
            pieces += _pieces(line, given, needs, field)
        packages.append({"lines": [{"sku": sku, "quantity": pieces} for sku, pieces in in_package.items()]})
    for number, line in lines.items():
        if packed[number] != line["quantity"]:
            raise _wrong_quantity(line, packed[number], "packages")
    asked: dict[str, Any] = {"packages": packages} if len(packages) > 1 else {}
    return {**asked, "marks": pieces} if pieces else asked


def lines_of(row: Mapping[str, Any], given: Sequence[CancelLine]) -> list[dict[str, Any]]:
    """Some pieces of an order, by the marketplace's numbers of goods.

    Raises:
        Problem: 422, with the line.
    """
    lines: dict[int, Line] = {line["line"]: line for line in row["lines"]}
    counted: Counter[str] = Counter()
    for place, one in enumerate(given):
        line = _known(lines, one.line, f"lines.{place}.line")
        if one.quantity > line["quantity"]:
            raise _wrong_quantity(line, one.quantity, f"lines.{place}.quantity")
        counted[line["sku"]] += one.quantity
    return [{"sku": sku, "quantity": quantity} for sku, quantity in counted.items()]


def _pieces(
    line: Line, given: PackedLine, needs: Mapping[str, Sequence[str]], field: str
) -> list[dict[str, str]]:
    """What is told of each piece of a line in one package."""
    wanted = {kind for kind, skus in needs.items() if line["sku"] in skus}
    told = {
        "mark": given.marks,
        "imei": given.imeis,
        "country": [given.country] * given.quantity if given.country else [],
        "weight": [given.weight] * given.quantity if given.weight else [],
        "gtd": [given.customs_number] * given.quantity if given.customs_number else [],
    }
    for kind, name in _TOLD.items():
        values = told[kind]
        if (values or kind in wanted) and len(values) != given.quantity:
            raise _wrong(
                f"{field}.{name}",
                f"строка {given.line}: {name} нужно {given.quantity}, указано {len(values)}",
                f"line {given.line}: {given.quantity} of {name} needed, {len(values)} given",
                "codes_needed",
            )
    if not wanted and not any(told.values()):
        return []
    return [
        {"sku": line["sku"], **{kind: values[place] for kind, values in told.items() if values}}
        for place in range(given.quantity)
    ]


_TOLD = {"mark": "marks", "imei": "imeis", "country": "country", "weight": "weight"}
"""What an order may need -> the field in which it is told. A customs number may be left out: there is none, then."""


def _known(lines: Mapping[int, Line], number: int, field: str) -> Line:
    line = lines.get(number)
    if line is None:
        known = ", ".join(str(one) for one in lines)
        raise _wrong(
            field,
            f"строки {number} в заказе нет; есть {known}",
            f"no line {number}; there are {known}",
            "unknown_line",
        )
    if line["sku"] is None:
        raise _wrong(
            field, f"строка {number} ещё не прочитана целиком", f"line {number} was not read yet", "not_ready"
        )
    return line


def _wrong_quantity(line: Line, given: int, field: str) -> Problem:
    return _wrong(
        field,
        f"строка {line['line']} ({line['article']}): заказано {line['quantity']}, указано {given}",
        f"line {line['line']} ({line['article']}): {line['quantity']} ordered, {given} given",
        "wrong_quantity",
    )


def _wrong(field: str, ru: str, en: str, code: str) -> Problem:
    return Problem(422, code, Words(ru[0].upper() + ru[1:], en[0].upper() + en[1:]), field=field)
