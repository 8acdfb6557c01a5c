"""All rows of a database as lines of JSON, read at one moment and loaded again into either kind of database.

tables.py    the tables that a database has at its step of the migrations, and what their columns hold
dumping.py   rows to chunks of lines
loading.py   chunks of lines to rows
"""
