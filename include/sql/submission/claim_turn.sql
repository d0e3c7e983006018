-- Claims of one channel take turns: at once they would skip each other's rows and tear a last batch into several.
-- Channels that must not call about one offer at once share a turn.
-- Parameters: account, turn. Released when the transaction ends.
select pg_advisory_xact_lock(hashtextextended('claim/' || %(account)s || '/' || %(turn)s, 0))
