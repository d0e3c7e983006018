"""Workbooks for managers, made from what is in Postgres."""

from marketsync.reports.workbook import write_reconciliation

__all__ = ["write_reconciliation"]
