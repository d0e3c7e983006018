"""An image host: any name gives the same small picture every time."""
