"""1C's dialogue for goods: whole exchanges by a stand-in that speaks HTTP only, and their import."""

from __future__ import annotations

from pathlib import Path

import pytest
from exchange_kit import Place

from marketsync.clock import SYSTEM
from marketsync.shop.exchanges import register_folder
from marketsync.shop.importer import import_delivery


@pytest.mark.parametrize("zip_files", [False, True], ids=["plain", "zip"])
def test_an_exchange_comes_to_what_the_import_of_its_folder_comes_to(
    place: Place, airflow: None, exports: Path, zip_files: bool
) -> None:
    node = place.node("/bitrix/admin/1c_exchange.php", zip_files=zip_files)
    for folder in ("first", "second"):
        node.export(exports / folder)
    came = place.store()
    assert [row["state"] for row in place.deliveries()] == ["imported", "imported"]
    for folder in ("first", "second"):
        import_again(place, exports / folder)
    assert len(came[0]) > 60
    assert place.store() == came


def import_again(place: Place, folder: Path) -> None:
    """`import DIR`."""
    exchange_id = register_folder(place.database, SYSTEM, "folder", folder)
    import_delivery(place.database, SYSTEM, exchange_id, folder)
