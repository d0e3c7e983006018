"""The sandbox's Ozon Seller API (state of the documentation: October 2026)."""
