"""What a run learns from. Knows nothing of networks. Begin with snapshot.py: everything below ends up in one.

snapshot.py         seed set, corrections and presumed ham as one split without leaks, hashed
datasets.py         examples, removing repeats, splitting by text
defences.py         which corrections are learned from, and how much each counts (defence_bounds.py: the bounds)
presumed_ham.py     which messages that nobody objected to are learned from, and which are measured with
near_duplicates.py  texts that say the same with other numbers
origins.py          where examples come from, in words

seed.py             the default seed set: sms.py (the SMS Spam Collection) and starter/ (invented group chats)
labelled_files.py   files of `hamlet train --data`: tables (labelled_tables.py), Parquet, imdb.py, example_files.py
downloads.py        fetching files whole or not at all
"""
