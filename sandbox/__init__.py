"""The outside world to run marketsync against: marketplaces and image host, played in one local process.

It shares no code with marketsync: the two must not share a misunderstanding of what the outside does.
"""
