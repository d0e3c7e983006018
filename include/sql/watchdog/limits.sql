-- No statement of this session takes longer. Parameters: milliseconds (text).
select set_config('statement_timeout', %(milliseconds)s, false)
