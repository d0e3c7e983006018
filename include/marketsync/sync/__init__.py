"""The engine: desired - acknowledged = plan -> guard -> apply -> poll -> acknowledged.

It knows no marketplace by name.
"""
