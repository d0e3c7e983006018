"""Reading the store: deliveries of 1C or the shop, merged into `product`, `price` and `stock`."""
