copy exchange_problem (exchange_id, file, line, entity, guid, field, code, value, message)
from stdin with (delimiter e'\x1f', null '')
