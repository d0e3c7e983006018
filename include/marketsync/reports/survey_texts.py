"""A survey of the store's goods in words, for the shell and for its workbook, in Russian and in English."""

from __future__ import annotations

from collections.abc import Iterator

from marketsync.mappings.sources import is_source, where_to_mend
from marketsync.reports.texts import Language, Words
from marketsync.sync.survey import Finding, Survey, Topic

__all__ = ["ADVICE", "COLUMNS", "FITS", "RULES", "TOPICS", "lines", "place"]

TOPICS = {
    Topic.GROUP: Words("Группы без категории", "Groups without a category"),
    Topic.MISSING: Words("Не заполнено обязательное", "Required and not filled"),
    Topic.UNKNOWN: Words("Нет в справочнике", "Not in the dictionary"),
    Topic.OTHER: Words("Другие причины", "Other reasons"),
}

ADVICE = {
    Topic.GROUP: Words(
        "Добавьте или исправьте строку в categories.csv", "Add or mend a row of categories.csv"
    ),
    Topic.MISSING: Words(
        "Заполните в 1С; если правила нет, добавьте строку в attributes.csv",
        "Fill it in 1C; where there is no rule, add a row to attributes.csv",
    ),
    Topic.UNKNOWN: Words(
        "Исправьте значение в 1С или добавьте перевод в таблицу", "Mend the value in 1C or add a translation"
    ),
    Topic.OTHER: Words("Исправьте в 1С", "Mend it in 1C"),
}

RULES = Words("Правила, которые ни к чему не подходят", "Rules that fit nothing")
FITS = Words("Всё подходит", "Everything fits")

COLUMNS = {
    "account": Words("Аккаунт", "Account"),
    "subject": Words("Что", "What"),
    "value": Words("Значение", "Value"),
    "where": Words("Где в 1С", "Where in 1C"),
    "goods": Words("Товаров", "Goods"),
    "near": Words("Похожие", "Alike"),
    "examples": Words("Например, артикулы", "Articles, e.g."),
    "message": Words("Подробно о первом", "The first one in full"),
    "marked": Words("Отмечено в 1С", "Marked in 1C"),
    "ready": Words("Можно выгружать", "Can be offered"),
    "stopped": Words("Нельзя", "Cannot"),
}

_HEAD = Words(
    "{account}: отмечено в 1С {goods}, можно выгружать {ready}, нельзя {stopped}",
    "{account}: {goods} marked in 1C, {ready} can be offered, {stopped} cannot",
)
_COUNTED = Words("{subject}: товаров {goods}", "{subject}: {goods} goods")
_ALIKE = Words("похожие: {near}", "alike: {near}")
_EXAMPLES = Words("например: {examples}", "e.g. {examples}")


def lines(survey: Survey, language: Language) -> Iterator[str]:
    """The survey of an account, line by line."""
    yield _HEAD.of(language).format(
        account=survey.account,
        goods=survey.goods,
        ready=survey.ready,
        stopped=survey.goods - survey.ready,
    )
    for topic in Topic:
        findings = [each for each in survey.findings if each.topic is topic]
        if findings:
            yield f"  {TOPICS[topic].of(language)}. {ADVICE[topic].of(language)}:"
            yield from (f"    {_line(each, language)}" for each in findings)
    if survey.complaints:
        yield f"  {RULES.of(language)}:"
        yield from (f"    {complaint}" for complaint in survey.complaints)
    if survey.fits:
        yield f"  {FITS.of(language)}"


def place(finding: Finding) -> str:
    """Where in 1C a finding is mended, by the name that 1C uses."""
    if finding.where is None or not is_source(finding.where):
        return ""
    return where_to_mend((finding.where,))


def _line(finding: Finding, language: Language) -> str:
    subject = f"«{finding.subject}»"
    if finding.value:
        arrow = " → " if finding.topic is Topic.GROUP else " = "
        subject += f"{arrow}«{finding.value}»"
    if finding.topic is Topic.OTHER:
        subject = finding.message
    elif finding.topic is not Topic.GROUP and place(finding):
        subject += f" ({place(finding)})"
    parts = [_COUNTED.of(language).format(subject=subject, goods=finding.goods)]
    if finding.near:
        parts.append(_ALIKE.of(language).format(near=", ".join(f"«{name}»" for name in finding.near)))
    parts.append(_EXAMPLES.of(language).format(examples=", ".join(finding.examples)))
    return "; ".join(parts)
