-- Who waits for whom is looked up step by step. Reads article_mover.
create index on article_mover (holder)
