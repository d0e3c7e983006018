"""A 1C-Bitrix portal as its REST shows it to an incoming webhook: the trade catalog, for reading."""
