"""The graph of a marketplace's dictionaries: one task."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG

from marketsync.accounts import Account, accounts
from marketsync_airflow import steps
from marketsync_airflow.defaults import Family, Pipeline, Tier, build, pool, when

__all__ = ["dictionaries"]

_DOC = """\
### Справочники площадки: {account}

Обновляет категории, характеристики, их значения и склады площадки и проверяет по ним правила сопоставления.

#### Что делать, если упало

1. Откройте журнал задачи `refresh_dictionaries`.
2. **Нет прав или неверный ключ** - исправьте подключение `{connection}` (Admin > Connections) и повторите.
3. **Площадка не отвечает** - повторите позже: до тех пор действуют прежние справочники, карточки продолжают
   выходить.
4. **Правила больше не подходят** - сообщение называет файл, строку и значение; исправьте и проверьте:
   `python -m marketsync mappings check`.

*Refreshes the marketplace's dictionaries and checks the mappings against them. If it failed: the old ones
stay in force; run it again later.*
"""


def dictionaries(account: Account) -> DAG:
    """One task that reads them all."""
    with build(
        Pipeline.DICTIONARIES,
        account=account,
        schedule=when(account.schedules.dictionaries, accounts().time_zone),
        tier=Tier.WEEKS,
        timeout=timedelta(hours=2),
        doc_md=_DOC.format(account=account.id, connection=account.connection),
    ) as dag:
        steps.refresh_dictionaries.override(pool=pool(account, Family.READ))(account.id)
    return dag
