"""The graph of an adoption: take over hand-made cards, then the workbook of conflicts. Started by a person."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Param

from marketsync.accounts import Account
from marketsync_airflow import steps
from marketsync_airflow.defaults import Family, Pipeline, Tier, build, pool
from marketsync_airflow.steps import DECISIONS

__all__ = ["adopt"]

_DOC = """\
### Приём кабинета: {account}

Читает весь кабинет и берёт под управление карточки, которые люди сделали руками: узнаёт их по номеру площадки,
записанному в 1С, по артикулу и по штрихкоду. **На площадке ничего не меняет.** Запускается только вручную:
перед первой отправкой и когда в кабинете или в 1С появилось что узнавать. Повторный запуск безопасен.

1. `adopt` - читает кабинет, принимает то, что узнано однозначно; остальное ждёт решения человека, и новая
   карточка для такого товара не создаётся.
2. `adoption_workbook` - книга Excel: конфликты, «Нет в 1С», принято. Её адрес - в итогах задачи.

Решения: заполните столбец «Решение» на листе «Конфликты», положите книгу в files/ и запустите DAG ещё раз, назвав
её путь в параметре `decisions` (например `adoptions/решения.xlsx`).

#### Что делать, если упало

1. Откройте журнал упавшей задачи: последние строки говорят, что случилось.
2. **Решения не приняты** - в журнале назван каждый лист, строка, столбец и значение; исправьте книгу и запустите ещё
   раз. Из неё не взято ничего.
3. **Карточки сейчас отправляются** - дождитесь конца `{account}__catalog` и повторите.
4. **Нет прав или неверный ключ** - исправьте подключение `{connection}` (Admin > Connections) и повторите.
5. **Площадка не отвечает, чтение прервано** - ничего не изменилось; повторите.
6. Упал только `adoption_workbook` - принятое принято: повторите один этот шаг.

*Takes over cards that people made by hand; changes nothing on the marketplace; started by hand only. If it failed:
nothing was taken over; mend what the log names and run it again, or only `adoption_workbook` where just that failed.*
"""


def adopt(account: Account) -> DAG:
    """Two tasks; only the id of the adoption passes between them."""
    with build(
        Pipeline.ADOPT,
        account=account,
        schedule=None,
        tier=Tier.DAY,
        timeout=timedelta(hours=1, minutes=30),
        doc_md=_DOC.format(account=account.id, connection=account.connection),
        params={
            DECISIONS: Param(
                None,
                type=["null", "string"],
                title="Книга с решениями",
                description="Путь внутри files/ к заполненной книге конфликтов; пусто - без решений",
            )
        },
    ) as dag:
        read = steps.adopt.override(pool=pool(account, Family.READ))(account.id)
        # what a task is handed here stands for the counts until it runs
        steps.adoption_workbook(account.id, read)  # type: ignore[arg-type]
    return dag
