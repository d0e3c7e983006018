"""The file exchange that any 1C configuration speaks: CommerceML over HTTP, by 1C-Bitrix's dialogue of plain text."""

from marketsync.gateway.exchange_1c.routes import router

__all__ = ["router"]
