"""Calls to the outside: one client, one retry loop, redaction; the limiter and the call log are handed in."""
