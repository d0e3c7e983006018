"""The orders of the sandbox's Ozon: postings from the buyer's click to the pickup point, and what is told of them."""
