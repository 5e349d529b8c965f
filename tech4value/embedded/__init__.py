"""PostgreSQL and Redis for a machine that has none, and the commands that use them (development and demo).

Standard library only: nothing here needs Django, so that it runs before Django can.
"""
