"""1C-Bitrix by REST: the shop as a source of goods, prices and counts, and as the third side of a comparison.

Only read methods are ever called (`client.READ_METHODS`). Sources of all numbers and shapes: Bitrix24 REST
documentation: limits, batch, huge data, api-reference/catalog.
"""
