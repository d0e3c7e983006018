-- A card that moved between two pages while they were read comes twice: the later reading stays. Reads cabinet_card.
delete from cabinet_card as earlier
using cabinet_card as later
where earlier.external_id = later.external_id and earlier.ctid < later.ctid
