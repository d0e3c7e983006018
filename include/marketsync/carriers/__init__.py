"""Carriers of ours: orders for pickup and delivery, where parcels are, labels. Knows http, never the database."""
