"""Deliveries, pictures and workbooks behind one interface: a folder or an object store."""

from marketsync.files.delivery import Delivery, UnpackLimits, open_delivery
from marketsync.files.store import Files, Folder

__all__ = ["Delivery", "Files", "Folder", "UnpackLimits", "open_delivery"]
