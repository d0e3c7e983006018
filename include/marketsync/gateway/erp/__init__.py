"""The ERP's API, /erp/v1: what an ERP is told of orders, and what it asks for them."""
