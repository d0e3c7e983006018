"""A request in words: what is held, how much of it, and the worst of it. Markdown, for Airflow's page and a shell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from marketsync.accounts import Account
from marketsync.reports.texts import GUARDS, VOCABULARIES, Language, Words, word
from marketsync.sync.release import NEVER, Question

__all__ = ["body", "example", "subject", "totals"]

_SUBJECT = Words(
    "{account}: {channel} — ждут решения изменений: {held} (запрос № {number})",
    "{account}: {channel} — changes waiting for a decision: {held} (request {number})",
)
_INTRO = Words(
    "Предохранители задержали **{held}** изменений ({channel}, кабинет `{account}`). На площадке пока остаётся "
    "прежнее; остальные изменения идут дальше.",
    "The guards hold **{held}** changes ({channel}, account `{account}`). The marketplace keeps what it shows; all "
    "other changes go on.",
)
_TOTALS = Words("Всего: было {before}, станет {after}.", "In total: {before} before, {after} after.")
_HEAD = Words(
    "| артикул | товар | почему задержано | было | станет |\n|---|---|---|---|---|",
    "| article | good | held because | before | after |\n|---|---|---|---|---|",
)
_WORST = Words("#### Самые большие изменения", "#### The largest changes")
_REST = Words("... и ещё {rest}.", "... and {rest} more.")
_OUTRO = Words(
    "**Отпустить** — эти значения уйдут и {valid} ч не задерживаются. **Отклонить** — останется прежнее, и о тех же "
    "значениях {valid} ч не спросят. Если значение успеет измениться, ответ на него не действует. Без ответа не "
    "отправится ничего. Весь список: `python -m marketsync held {account}`, лист «Задержано» отчёта сверки.",
    "**Release** — these values go, and pass the guards for {valid} h. **Discard** — what is shown stays, and the same "
    "values are not asked about for {valid} h. The answer does not count for a value that has changed by then. "
    "Without an answer nothing is sent. The whole list: `python -m marketsync held {account}`, sheet Held of the "
    "reconciliation.",
)
_NEVER = Words(
    "Пустую, нулевую и отрицательную цену отпустить нельзя: исправьте её в 1С.",
    "A blank, zero or negative price cannot be released: mend it in the store.",
)
_NONE = Words("нет", "none")
_BLANK = Words("пусто", "blank")
_AMOUNTS = ("price", "stock", "promotion")
_HASH = re.compile(r"[0-9a-f]{32,}")  # of a document
_CARD = Words("новое содержание", "new content")


def subject(account: str, question: Question, language: Language) -> str:
    """One line: whose, what, how many, which number."""
    return _SUBJECT.of(language).format(
        account=account,
        channel=_channel(question.channel, language),
        held=question.counts.get("held", 0),
        number=question.request,
    )


def body(account: Account, question: Question, language: Language) -> str:
    """Totals by guard, the worst examples, and what either answer does."""
    return "\n\n".join(_parts(account, question, language))


def _parts(account: Account, question: Question, language: Language) -> Iterator[str]:
    counts = question.counts
    held = int(counts.get("held", 0))
    yield _INTRO.of(language).format(
        held=held, channel=_channel(question.channel, language), account=account.id
    )
    yield "\n".join(f"- {line}" for line in totals(counts, language))
    if counts.get("from_total") or counts.get("to_total"):
        yield _TOTALS.of(language).format(
            before=_number(counts["from_total"]), after=_number(counts["to_total"])
        )
    yield _WORST.of(language)
    rows = [
        f"| `{row['article']}` | {_cell(row['name'])} | {_cell(why)} | {before} | {after} |"
        for row in question.examples
        for why, before, after in [example(row, question.channel, language)]
    ]
    yield "\n".join([_HEAD.of(language), *rows])
    if held > len(question.examples):
        yield _REST.of(language).format(rest=held - len(question.examples))
    if set(counts.get("guards", {})) & set(NEVER):
        yield _NEVER.of(language)
    yield _OUTRO.of(language).format(valid=f"{account.release.valid_hours:g}", account=account.id)


def totals(counts: Mapping[str, Any], language: Language) -> list[str]:
    """One line per guard, the most frequent first."""
    by_number = sorted(counts.get("guards", {}).items(), key=lambda pair: (-pair[1], pair[0]))
    return [f"{word(GUARDS, guard, language)} (`{guard}`): {n}" for guard, n in by_number]


def example(row: Mapping[str, Any], channel: str, language: Language) -> tuple[str, str, str]:
    """Why a change is held, what is shown now, and what it would become."""
    why = word(GUARDS, row["guard"], language)
    if warehouse := row.get("warehouse"):
        why = f"{why}, {warehouse}"
    if channel in _AMOUNTS or "to" in row:
        before = _number(row["from"]) if "from" in row else _NONE.of(language)
        return why, before, _number(row["to"]) if "to" in row else _BLANK.of(language)
    if "to_text" in row and not _HASH.fullmatch(row["to_text"]):
        return why, row.get("from_text", _NONE.of(language)), row["to_text"]
    return why, "", _CARD.of(language)


def _channel(channel: str, language: Language) -> str:
    return word(VOCABULARIES["channel"], channel, language)


def _number(value: Any) -> str:
    exact = Decimal(str(value))
    return (
        f"{exact:,.0f}".replace(",", " ")
        if exact == exact.to_integral()
        else f"{exact:,.2f}".replace(",", " ")
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
