"""What 1C uploads, piece by piece, until it is whole: sessions, parts, and what of them is handed over.

All state is in Postgres and in the common file store, so that any copy of the gateway can take any call.
"""
