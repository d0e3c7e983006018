"""The file exchange that any 1C configuration speaks: CommerceML over HTTP, by 1C-Bitrix's dialogue of plain text."""

from marketsync.gateway.exchange_1c.routes import router
from marketsync.gateway.exchange_1c.settings import ExchangeSettings

__all__ = ["ExchangeSettings", "router"]
