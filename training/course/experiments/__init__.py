"""The course's table of design choices, on our base model.

rows.py    the 19 rows: what each changes, and how much of it the quick run does
table.py   running them in order, storing each finished row, going on where it stopped
report.py  the table as CSV and Markdown
"""
