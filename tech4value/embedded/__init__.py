"""PostgreSQL and Redis for a machine that has none, and the commands that use them (development and demo).

The servers need the standard library only, so that they run before Django can.
"""
