-- Handovers that are long over. Parameters: before.
delete from handover
where state in ('ready', 'refused') and changed_at < %(before)s
returning act_file
