"""1C-Bitrix by REST: the shop as a source of goods, prices and counts, as the third side of a comparison, and as a
place where orders of marketplaces are put.

Who reads goods calls reading methods only (`client.READ_METHODS`); orders are written by `orders` alone
(`client.ORDER_METHODS`). Sources of all numbers and shapes: Bitrix24 REST documentation: limits, batch, huge data,
api-reference/catalog, api-reference/sale.
"""
