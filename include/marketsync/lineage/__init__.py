"""What became of an offer, at any time of the kept past: said by the store, planned, sent, answered, seen."""
