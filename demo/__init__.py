"""The main job on one machine, from 1C's files to a reconciliation workbook, told as a table (`make demo`)."""
