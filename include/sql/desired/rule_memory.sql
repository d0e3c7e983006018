-- Sorting and joining a million goods in Postgres' usual 4 MB goes through the disk and takes twice as long. It holds
-- for the rest of the transaction, which plans one channel.
set local work_mem = '64MB'
