"""An alert is opened once, grows, is told again only when it grows, and ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from marketsync.db import Database
from marketsync.orders.alerts import end_alert, raise_alert

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def rows(database: Database) -> list[dict[str, object]]:
    with database.transaction() as connection:
        return connection.execute("select * from alert order by alert_id").fetchall()


def test_an_alert_is_one_until_it_ends_and_is_told_again_only_when_it_grows(database: Database) -> None:
    with database.transaction() as connection:
        assert raise_alert(connection, "flow/x", "warning", "молчит 10 минут", NOW, account="ozon")
        assert not raise_alert(connection, "flow/x", "warning", "молчит 15 минут", LATER)
        connection.execute("update alert set told_at = %s", (NOW,))
        assert not raise_alert(connection, "flow/x", "notice", "молчит 16 минут", LATER)
    (one,) = rows(database)
    assert (one["level"], one["message"], one["account"]) == ("warning", "молчит 16 минут", "ozon")
    assert (one["since"], one["raised_at"], one["told_at"]) == (NOW, NOW, NOW)
    with database.transaction() as connection:
        assert raise_alert(connection, "flow/x", "urgent", "молчит час", LATER)
    (one,) = rows(database)
    assert (one["level"], one["since"], one["raised_at"], one["told_at"]) == ("urgent", NOW, LATER, None)
    with database.transaction() as connection:
        assert end_alert(connection, "flow/x", LATER)
        assert not end_alert(connection, "flow/x", LATER)
        assert raise_alert(connection, "flow/x", "notice", "снова", LATER)
        assert raise_alert(connection, "flow/y", "notice", "другое", LATER)
    assert [(row["key"], row["ended_at"]) for row in rows(database)] == [
        ("flow/x", LATER),
        ("flow/x", None),
        ("flow/y", None),
    ]
