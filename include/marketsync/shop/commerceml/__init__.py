"""CommerceML 2.x as a stream of typed rows."""

from marketsync.shop.commerceml.reader import Outline, outline, read

__all__ = ["Outline", "outline", "read"]
