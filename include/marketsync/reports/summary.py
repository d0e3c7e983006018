"""The first sheet: which reconciliation, how old its sources are, the counts, and a chart of the causes.

Column A is hidden and holds the code of each figure, so that a program finds it in any language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from marketsync.reports.cells import write_text
from marketsync.reports.columns import CAUSES, TABLES
from marketsync.reports.frames import Report
from marketsync.reports.orders import ORDER_CAUSES
from marketsync.reports.present import recommendation
from marketsync.reports.sheets import Styles, Written, print_settings
from marketsync.reports.texts import CAUSES as CAUSE_WORDS
from marketsync.reports.texts import PHRASES, SHEETS, SUMMARY, VOCABULARIES, Language, word

__all__ = ["write_summary"]

_CODE, _LABEL, _FIRST = 0, 1, 2
_CHANNELS = ("card", "price", "stock")
_COUNTS = (
    "marked",
    "unlistable",
    "offers",
    "cards_read",
    "cards_shown",
    "matched",
    "differences",
    "differing_offers",
    "healed",
    "held",
    "waiting",
    "frozen",
    "stopped",
    "refused",
    "warned",
)
_CHART_COLORS = ("#5B9BD5", "#ED7D31", "#70AD47", "#A5A5A5", "#FFC000", "#4472C4", "#9E480E")
_CHART_SIZE = {"width": 980, "height": 360}


class _Summary:
    """The sheet and the row that is written next."""

    def __init__(self, sheet: Worksheet, styles: Styles, language: Language) -> None:
        self.sheet = sheet
        self.styles = styles
        self.language = language
        self.row = 0

    def line(
        self, code: str, label: str, value: Any = None, note: str = "", *, label_style: Format | None = None,
        value_style: Format | None = None,
    ) -> None:  # fmt: skip
        """One figure: its code, its name, its value and a remark."""
        if code:
            write_text(self.sheet, self.row, _CODE, code, self.styles.identifier)
        write_text(self.sheet, self.row, _LABEL, label, label_style or self.styles.text)
        if isinstance(value, datetime):
            self.sheet.write_datetime(self.row, _FIRST, value, self.styles.moment)
        elif isinstance(value, (int, float)):
            self.sheet.write_number(self.row, _FIRST, value, value_style or self.styles.quantity)
        elif value:
            write_text(self.sheet, self.row, _FIRST, value, self.styles.identifier)
        if note:
            write_text(self.sheet, self.row, _FIRST + 1, note, self.styles.text)
        self.row += 1

    def phrase(self, code: str, **values: str) -> str:
        return PHRASES[code].of(self.language).format(**values)

    def name(self, code: str, **values: str) -> str:
        return SUMMARY[code].of(self.language).format(**values)


def write_summary(
    book: Workbook,
    sheet: Worksheet,
    styles: Styles,
    report: Report,
    written: Mapping[str, Written],
    *,
    language: Language,
    zone: tzinfo,
    marketplace: str,
    currency: str,
) -> None:
    """Fill the summary, once all other sheets are written.

    Args:
        written: what became of each table, by sheet code.
        marketplace: the account's, or '' where it is not known.
        currency: as shown in titles: ₽.
    """
    out = _Summary(sheet, styles, language)
    head = report.head
    sheet.set_column(_CODE, _CODE, 24, styles.identifier, {"hidden": True})
    sheet.set_column(_LABEL, _LABEL, 48, styles.text)
    print_settings(sheet)

    out.line("", out.phrase("title", account=head.account), label_style=styles.title)
    if not head.finished:
        out.line("", out.phrase("unfinished"), label_style=styles.warning)
        if head.error:
            out.line("", head.error, label_style=styles.warning)
    out.line("account", out.name("account"), head.account)
    if marketplace:
        out.line("marketplace", out.name("marketplace"), marketplace)
    out.line("reconciliation", out.name("reconciliation"), head.reconciliation_id, value_style=styles.number)
    out.line("state", out.name("state"), word(VOCABULARIES["reconciliation_state"], head.state, language))
    out.line(
        "began_at", out.name("began_at"), _local(head.began_at, zone), out.phrase("moments", zone=str(zone))
    )
    out.line("finished_at", out.name("finished_at"), _local(head.finished_at, zone))
    _write_sources(out, report, zone)
    out.row += 1
    for code in _COUNTS:
        out.line(code, out.name(code), int(report.totals[code]))
    money, pieces = float(report.causes["money"].sum()), float(report.causes["pieces"].sum())
    out.line("money", out.name("money", currency=currency), money, value_style=styles.money)
    out.line("pieces", out.name("pieces"), pieces)
    if report.orders is not None:
        _write_orders(out, report.orders)
    _write_notes(out, written)
    out.row += 1
    _write_causes(book, out, report.causes, currency)


def _local(moment: datetime | None, zone: tzinfo) -> datetime | None:
    return moment.astimezone(zone).replace(tzinfo=None, microsecond=0) if moment else None


def _write_sources(out: _Summary, report: Report, zone: tzinfo) -> None:
    delivered = next((source for source in report.sources if source.code == "delivery" and source.at), None)
    confirmed = {source.about: source.at for source in report.sources if source.code == "confirmed"}
    if delivered and delivered.at:
        source, _, kind = delivered.about.partition(".")
        vocabularies = (("source", source), ("delivery", kind))
        words = ", ".join(word(VOCABULARIES[name], code, out.language) for name, code in vocabularies if code)
        note = f"{_age(out, report.head.began_at - delivered.at)}; {words}"
        out.line("delivery", out.name("delivery"), _local(delivered.at, zone), note)
    else:
        out.line("delivery", out.name("delivery"), out.phrase("never"))
    if report.site:
        at = report.site.at
        out.line(
            "site",
            out.name("site"),
            _local(at, zone) if at else out.phrase("never"),
            _age(out, report.head.began_at - at) if at else "",
        )
        if report.site.error:
            out.line("", out.phrase("site_failed", error=report.site.error), label_style=out.styles.warning)
    others = sorted(set(confirmed) - set(_CHANNELS))
    for channel in (*_CHANNELS, *others):
        at = confirmed.get(channel)
        out.line(
            f"confirmed:{channel}",
            out.name("confirmed", channel=word(VOCABULARIES["channel"], channel, out.language)),
            _local(at, zone) if at else out.phrase("never"),
            _age(out, report.head.began_at - at) if at else "",
        )


def _age(out: _Summary, age: timedelta) -> str:
    """How long before the reading it was; what came while it was read is not old at all."""
    minutes = max(0, int(age.total_seconds() // 60))
    hours, days = minutes // 60, minutes // (24 * 60)
    if days:
        text = out.phrase("days", days=str(days), hours=str(hours % 24))
    elif hours:
        text = out.phrase("hours", hours=str(hours), minutes=str(minutes % 60))
    else:
        text = out.phrase("minutes", minutes=str(minutes))
    return out.phrase("age", age=text)


def _write_orders(out: _Summary, orders: Mapping[str, Any]) -> None:
    """The totals of the orders: how many each side has, and the differences by cause."""
    out.row += 1
    for error in ("error", "shop_error"):
        if orders.get(error):
            out.line("", out.phrase(f"orders_{error}", error=orders[error]), label_style=out.styles.warning)
    for name in ("read", "here", "in_shop", "differing", "healed"):
        out.line(f"orders_{name}", out.name(f"orders_{name}"), int(orders.get(name) or 0))
    causes = orders.get("causes") or {}
    for code in sorted(causes, key=[*ORDER_CAUSES, *sorted(causes)].index):
        out.line(f"order_cause:{code}", word(ORDER_CAUSES, code, out.language), int(causes[code]))


def _write_notes(out: _Summary, written: Mapping[str, Written]) -> None:
    for table in TABLES:
        if table.code not in written:
            continue
        result = written[table.code]
        if len(result.titles) > 1:
            title = SHEETS[table.code].of(out.language)
            note = out.phrase("parts", sheet=title, rows=str(result.rows), last=result.titles[-1])
            out.line(f"parts:{table.code}", note, label_style=out.styles.warning)


def _write_causes(book: Workbook, out: _Summary, causes: pd.DataFrame, currency: str) -> None:
    """The table of causes and channels, with its totals, and the chart of it."""
    sheet, styles, language = out.sheet, out.styles, out.language
    channels = [*_CHANNELS, *sorted(set(causes["channel"]) - set(_CHANNELS))]
    order = [*CAUSES, *sorted(set(causes["cause"]) - set(CAUSES))]
    counts = causes.pivot_table(
        index="cause", columns="channel", values="differences", aggfunc="sum", fill_value=0, observed=False
    ).reindex(index=order, columns=channels, fill_value=0)
    sums = (
        causes.groupby("cause")[["differences", "healed", "money", "pieces"]]
        .sum()
        .reindex(order, fill_value=0)
    )

    out.line("", out.phrase("cause_table"), label_style=styles.bold)
    headers = [
        out.phrase("cause"),
        *(word(VOCABULARIES["channel"], channel, language) for channel in channels),
        out.phrase("total"),
        out.phrase("healed"),
        out.phrase("money", currency=currency),
        out.phrase("pieces"),
        out.phrase("action"),
    ]
    header = out.row
    for position, text in enumerate(headers, start=_LABEL):
        write_text(sheet, header, position, text, styles.header)
    sheet.set_column(_FIRST, _FIRST, 20)
    sheet.set_column(_FIRST + 1, _LABEL + len(headers) - 2, 14)
    sheet.set_column(_LABEL + len(headers) - 1, _LABEL + len(headers) - 1, 90)
    out.row += 1
    first = out.row
    for cause in order:
        label = word(CAUSE_WORDS, cause, language)
        figures = [*counts.loc[cause], *sums.loc[cause]]
        _cause_row(out, f"cause:{cause}", label, figures, styles.causes.get(cause) or styles.text)
        action = recommendation(cause, None, language)
        if action:
            write_text(sheet, out.row - 1, _LABEL + len(headers) - 1, action, styles.text)
    last = out.row - 1
    _cause_row(out, "cause:", out.phrase("total"), [*counts.sum(), *sums.sum()], styles.bold)

    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    name = sheet.get_name()
    for position in range(_FIRST, _FIRST + len(channels)):
        chart.add_series(
            {
                "name": [name, header, position],
                "categories": [name, first, _LABEL, last, _LABEL],
                "values": [name, first, position, last, position],
                "fill": {"color": _CHART_COLORS[(position - _FIRST) % len(_CHART_COLORS)]},
                "gap": 60,
            }
        )
    chart.set_title({"name": out.phrase("chart_title"), "name_font": {"size": 12}})
    chart.set_x_axis(
        {"name": out.phrase("chart_axis"), "min": 0, "num_format": "0", "major_gridlines": {"visible": True}}
    )
    chart.set_y_axis({"reverse": True})
    chart.set_legend({"position": "bottom"})
    chart.set_size(_CHART_SIZE)
    sheet.insert_chart(out.row + 1, _LABEL, chart)


def _cause_row(out: _Summary, code: str, label: str, figures: Sequence[float], label_style: Format) -> None:
    write_text(out.sheet, out.row, _CODE, code, out.styles.identifier)
    write_text(out.sheet, out.row, _LABEL, label, label_style)
    money = len(figures) - 2
    for position, figure in enumerate(figures):
        style = out.styles.money if position == money else out.styles.quantity
        out.sheet.write_number(out.row, _FIRST + position, float(figure), style)
    out.row += 1
