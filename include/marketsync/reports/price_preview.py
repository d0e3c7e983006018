"""A plan's price figures in words, for a terminal; Russian, or English by setting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marketsync.reports.texts import GUARDS, Language, Words, word

__all__ = ["preview_lines"]

_TEXTS = {
    "changes": Words(
        "Цен изменится: {n} (вверх {up} на {sum_up}, вниз {down} на {sum_down})",
        "Prices that change: {n} (up {up} by {sum_up}, down {down} by {sum_down})",
    ),
    "others": Words(
        "Первых цен: {first}; с той же ценой (старая цена, минимум, повтор): {same}",
        "First prices: {first}; with the same price (old price, floor, repeated): {same}",
    ),
    "quantiles": Words(
        "Изменение, %: 5 % цен до {p05}, четверть до {p25}, половина до {median}, три четверти до {p75}, 95 % до {p95}",
        "Change, %: 5 % of prices up to {p05}, 25 % to {p25}, half to {median}, 75 % to {p75}, 95 % to {p95}",
    ),
    "histogram": Words("Сколько цен на сколько процентов:", "How many prices by how many percent:"),
    "largest_up": Words("Сильнее всего вверх:", "The largest rises:"),
    "largest_down": Words("Сильнее всего вниз:", "The largest falls:"),
    "line": Words("строка {line}", "line {line}"),
    "held": Words("Будет задержано:", "Would be held:"),
    "kept": Words("Останется как есть:", "Stays as it is:"),
    "fall": Words("правило не даёт снижать", "a rule does not let it fall"),
    "rise": Words("правило не даёт повышать", "a rule does not let it rise"),
    "quarantine": Words(
        "в карантине маркетплейса, ждёт человека (marketsync quarantine)",
        "in the marketplace's quarantine, waits for a person (marketsync quarantine)",
    ),
    "wished": Words("хотели {wished}", "wished {wished}"),
    "idle": Words(
        "Правила, под которые не попал ни один товар: строки {lines}", "Rules that fit no good: lines {lines}"
    ),
}


def preview_lines(figures: Mapping[str, Any], language: Language) -> Iterator[str]:
    """What `plan ACCOUNT price` says before the single changes."""

    def text(code: str, **values: Any) -> str:
        return _TEXTS[code].of(language).format(**values)

    def line_of(row: Mapping[str, Any]) -> str:
        return f", {text('line', line=row['price_rule'])}" if row["price_rule"] else ""

    changes = figures["changes"]
    yield text("changes", n=changes["up"] + changes["down"], **changes)
    yield text("others", **changes)
    if changes["up"] + changes["down"]:
        yield text("quantiles", **changes)
        yield text("histogram")
        for bucket, n in changes["histogram"].items():
            yield f"  {bucket:>9} %  {n:>8}"
    for code in ("largest_up", "largest_down"):
        if figures[code]:
            yield text(code)
        for row in figures[code]:
            moved = f"{row['from_amount']} -> {row['amount']} ({row['share']:+} %{line_of(row)})"
            yield f"  {row['article']}: {moved}  {row['name'][:60]}"
    if figures["held"]:
        yield text("held")
    for row in figures["held"]:
        yield f"  {row['n']:>8}  {word(GUARDS, row['guard'], language)} [{row['guard']}] ({row['delta']:+})"
    if figures["kept"]:
        yield text("kept")
    for row in figures["kept"]:
        yield f"  {row['n']:>8}  {text(row['kept'])}"
    for row in figures["kept_rows"]:
        yield f"  {row['article']}: {row['amount']} ({text('wished', **row)}, {text(row['kept'])}{line_of(row)})"
    idle = [str(line) for line, n in figures["rules"]["goods"].items() if not n]
    if idle:
        yield text("idle", lines=", ".join(idle))
