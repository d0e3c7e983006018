"""Reading the store: deliveries of 1C or the shop, merged into `product`, `price` and `stock`."""

__all__ = ["STORE_CHANNEL"]

STORE_CHANNEL = "marketsync_store"
"""The Postgres channel that tells, when an import commits, what of products, prices and stocks it changed."""
