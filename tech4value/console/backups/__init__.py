"""Backup and restore: one archive with the database as it was at one instant, and the files that it names.

programs.py   pg_dump and pg_restore, found and run
archive.py    what the archive holds, written and checked
taking.py     `bin/manage backup FILE`
restoring.py  `bin/manage restore FILE`
"""
