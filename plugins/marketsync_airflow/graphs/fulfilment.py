"""The graph of fulfilment: one task, because what is asked for orders is one queue."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Param

from marketsync.accounts import Account, accounts
from marketsync_airflow import steps
from marketsync_airflow.assets import store
from marketsync_airflow.defaults import Family, Pipeline, Tier, build, pool, when
from marketsync_airflow.steps import AGAIN
from marketsync_airflow.triggers import Kind

__all__ = ["fulfilment"]

_DOC = """\
### Задания по заказам: {account}

Делает на площадке то, о чём попросила ERP: сборка, коды маркировки, этикетки, отмены, трек-номера, отметки нашей
доставки, отгрузки с документами. Каждое задание повторяется, пока площадка не подтвердит его. Запускается сразу, когда
что-то запрошено, и по расписанию; пока готовятся этикетки, запуск не заканчивается - обычно минуту-две.

В режимах `observe` и `approve` ничего не делает: задания ждут.

#### Что делать, если упало

1. Откройте журнал задачи `fulfil`: последние строки называют причину. Всё остальное к этому времени выполнено.
2. **Задания отклонены** - площадка отказала: `python -m marketsync fulfilment list` называет заказ и причину.
   Устраните её и повторите задачу (Clear): она попробует отклонённое ею ещё раз. Можно и иначе: запустить DAG вручную с
   номером заказа в параметре `again` или `python -m marketsync fulfilment retry НОМЕР`.
   Больше не нужно - `python -m marketsync fulfilment drop ЗАДАНИЕ --reason ...`.
3. **Нет прав или неверный ключ** - исправьте подключение `{connection}` (Admin > Connections) и повторите задачу.
4. **Площадка не отвечает или просит подождать** - ничего не делайте: задания повторятся сами, паузы растут до получаса.
5. **Another run ... is under way** - задания делает другой запуск или команда; ничего не потеряно.
6. Задача долго стоит в `scheduled` - нет её пула: `python -m marketsync_airflow.pools`.

Повторить задачу можно в любой момент: оборванный вызов сначала проверяется чтением заказа.

*Does on the marketplace what the ERP asked for orders. If it failed: the log names order and reason; mend it and clear
the task, it tries again what it had refused. Safe to repeat at any time.*
"""


def fulfilment(account: Account) -> DAG:
    """One task that works while something is due soon."""
    with build(
        Pipeline.FULFILMENT,
        account=account,
        schedule=when(account.schedules.fulfilment, accounts().time_zone, store(Kind.FULFILMENT)),
        tier=Tier.HOUR,
        timeout=timedelta(hours=1, minutes=30),
        doc_md=_DOC.format(account=account.id, connection=account.connection),
        params={
            AGAIN: Param(
                "",
                type=["null", "string"],
                title="Повторить отклонённое",
                description="Номер заказа или задания; пусто - только то, что ждёт",
            )
        },
    ) as dag:
        steps.fulfil.override(pool=pool(account, Family.FULFILMENT))(account.id)
    return dag
