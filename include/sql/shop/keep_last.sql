-- Of rows with one id the last counts: of goods in the whole delivery, of offers in each file (one offer stands in the
-- portions of offers, prices and counts). What hangs on an offer's row goes with it, because it is found through it.
delete from staged_good as earlier
using staged_good as later
where earlier.guid = later.guid and earlier.seq < later.seq;
delete from staged_offer as earlier
using staged_offer as later
where earlier.guid = later.guid and earlier.file = later.file and earlier.seq < later.seq;
