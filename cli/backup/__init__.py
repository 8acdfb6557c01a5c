"""`hamlet backup` and `hamlet restore`: one tar file with all rows, the model versions and the settings.

    manifest.py   what a backup says of itself, in its last member
    writing.py    a whole file or none
    reading.py    nothing is taken from a file that is not as its manifest says
    versions.py   directories of model versions, in and out
    stated.py     settings without secrets
    making.py     a backup, while hamlet runs
    upgrades.py   one of the database alone before its tables change; the newest three stay
    restoring.py  into an empty installation

Errors:

    CommandError
    ├── BackupFailed    the file could not be written; no part of it stays
    ├── NotABackup      a file that is none, is damaged, or holds what a backup never does
    ├── BackupTooNew    a newer hamlet made it
    └── NotRestored     there is something already, no room, or no way to write; nothing was changed
"""
