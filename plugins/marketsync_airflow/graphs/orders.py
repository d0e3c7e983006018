"""The graph of orders: read them from the marketplace, whether it pushed or the clock says so."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG

from marketsync.accounts import Account, accounts
from marketsync.order_settings import shop_orders_of
from marketsync_airflow import steps
from marketsync_airflow.assets import store
from marketsync_airflow.defaults import Family, Pipeline, Tier, build, pool, when
from marketsync_airflow.triggers import Kind

__all__ = ["orders"]

_DOC = """\
### Заказы: {account}

Читает заказы площадки: изменившиеся с прошлого чтения (с запасом по времени), все ожидающие сборки, те, о которых
сообщил только push, возвраты; раз в сутки - ещё раз всё за последние {days} дн. Под новый заказ остаток откладывается
сразу и на всех площадках; отмена и возврат его возвращают. Запускается каждую минуту и сразу, когда площадка что-то
сообщила.

1. `take_orders` - читает и записывает заказы. Заказ, который записать нельзя, откладывается и не мешает остальным.
2. `orders_to_shop` (если в accounts.yaml есть `shop_orders`) - заводит заказы на сайте и ведёт там их статусы.

#### Что делать, если упало

1. Откройте журнал задачи `take_orders`: последние строки называют причину. Прочитанное до ошибки записано, следующий
   запуск прочитает остальное: отметка «прочитано до» не двигается, пока не прочитано всё.
2. **Нет прав или неверный ключ** - исправьте подключение `{connection}` (Admin > Connections) и повторите задачу.
   Пока заказы не читаются, остаток держат только push-сообщения: разберитесь сразу.
3. **Площадка не отвечает или просит подождать** - ничего не делайте: следующий запуск начнёт с того же места.
4. **Отложенные заказы** запуск не роняют: `python -m marketsync orders list --set-aside` называет их с причиной,
   `python -m marketsync orders retry {account}` читает их заново.
5. **Упала `orders_to_shop`** - сайт не отвечает (ничего не делайте: следующий запуск продолжит, второй раз заказ не
   заведётся) или отказывает вебхуку (исправьте подключение сайта: права `catalog` и `sale`). Чего нет на сайте и
   почему: `python -m marketsync shop-orders list`; отправить ещё раз: `python -m marketsync shop-orders again НОМЕР`.
6. Задача долго стоит в `scheduled` - нет её пула: `python -m marketsync_airflow.pools`.

*Reads the marketplace's orders and reserves their goods. If it failed: the log names the reason; the next run reads
from the same place. While it fails, goods may be sold that are not there: act at once.*
"""


def orders(account: Account) -> DAG:
    """An order is read, kept and reserved in one go; then it is put into the shop, where one takes orders."""
    days = account.orders.reread_days if account.orders else 0
    with build(
        Pipeline.ORDERS,
        account=account,
        schedule=when(account.schedules.orders, accounts().time_zone, store(Kind.ORDERS)),
        tier=Tier.HOUR,
        timeout=timedelta(hours=1, minutes=30),
        doc_md=_DOC.format(account=account.id, connection=account.connection, days=days),
    ) as dag:
        taken = steps.take_orders.override(pool=pool(account, Family.ORDERS))(account.id)
        if shop_orders_of(accounts().shop_orders, account.orders, account.id):
            taken >> steps.orders_to_shop.override(pool=pool(account, Family.ORDERS))(account.id)
    return dag
