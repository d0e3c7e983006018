"""DPD Russia. Its services: order2, tracing, event-tracking, label-print (SOAP 1.1)."""

from marketsync.carriers.dpd.client import Dpd

__all__ = ["Dpd"]
