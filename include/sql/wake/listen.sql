-- Hear every transaction that moved the store's data, once it has committed. State of the session; may be repeated.
listen marketsync_store
