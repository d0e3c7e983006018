"""The graph of the reconciliation: read back, compare and heal; the workbook; the report."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG

from marketsync.accounts import Account, accounts
from marketsync_airflow import steps
from marketsync_airflow.defaults import Family, Pipeline, Tier, build, pool, when

__all__ = ["reconcile"]

_DOC = """\
### Сверка: {account}

Читает с площадки карточки, цены и остатки, сравнивает их с нужными и с подтверждёнными, называет причину
каждого расхождения и отправляет заново ограниченное число товаров.

1. `reconcile` - читает, сравнивает, назначает к отправке (не больше {heal} товаров за сверку).
2. `workbook` - книга Excel для менеджеров.
3. `report` - пишет итоги и ссылку на книгу.

#### Что делать, если упало

1. `report` называет упавший шаг; откройте журнал этого шага.
2. **Нет прав или неверный ключ** - исправьте подключение `{connection}` (Admin > Connections) и повторите
   шаг.
3. **Площадка не отвечает, чтение прервано** - ничего не меняется на площадке; повторите запуск или дождитесь
   следующего. Прерванная сверка ничего не лечит.
4. Упал только `workbook` - итоги сверки сохранены: повторите один этот шаг.
5. Задача долго стоит в `scheduled` - нет её пула: `python -m marketsync_airflow.pools`.

*Reads everything back, compares, names causes, makes a bounded number of offers due again. If it failed:
nothing was changed on the marketplace; run it again, or only `workbook` where just that failed.*
"""


def reconcile(account: Account) -> DAG:
    """Three tasks; only the id of the reconciliation passes between them."""
    with build(
        Pipeline.RECONCILE,
        account=account,
        schedule=when(account.schedules.reconcile, accounts().time_zone),
        tier=Tier.DAY,
        timeout=timedelta(hours=2),
        doc_md=_DOC.format(account=account.id, connection=account.connection, heal=account.heal.at_most),
    ) as dag:
        read = steps.reconcile.override(pool=pool(account, Family.READ))(account.id)
        # what a task is handed here stands for the counts until it runs
        written = steps.workbook(account.id, read)  # type: ignore[arg-type]
        written >> steps.report(account.id, "reconcile").as_teardown(on_failure_fail_dagrun=True)
    return dag
