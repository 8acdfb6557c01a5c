"""What is learned and by which version: `samples` and `history` bring texts in, `presumable` and `presumed` select
presumed ham, `snapshots` keep what a run saw, `erasure` forgets texts, `runs` are requested and carried out, `versions`
are registered, promoted and rolled back, `track_record` tells how one has done, `shadow` scores live traffic beside the
champion, and `pruning` says whose files may be deleted.
"""
