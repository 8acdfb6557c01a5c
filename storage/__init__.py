"""What we remember: SQL tables, transactions and every statement that reads or writes them.

Errors:

    StorageError
    ├── DatabaseUnreachable   the server does not answer or the file cannot be opened
    │   └── DatabaseNotMigrated   it answers, and has no tables yet
    ├── DatabaseTooNew        a newer hamlet made its tables
    ├── UpgradeFailed         its tables could not be brought up to date; it is as it was
    ├── RowsLost              a migration would leave rows without what they refer to
    ├── NoCopy                no copy of it could be made before its tables change
    ├── UnknownVersion        a model version of that name does not exist
    ├── UnknownVerdict        a verdict of that id does not exist
    ├── UnknownChat           a chat of that number does not exist
    ├── UnknownCorrection     that person has no such correction
    ├── UnknownMessage        a message of that number does not exist
    ├── UnknownClient         a client of that name does not exist
    ├── ClientExists          a client of that name has a token already
    ├── NothingToRollBackTo   no version served before the champion
    ├── VersionPruned         the version's files were removed
    ├── FilesGone             they should be there, and are not
    ├── NotAnExport           a file is no export of a group, or of one of another kind
    │   └── AnotherGroup          it is of another group than it should be
    └── ExportCutShort        an export ends before its messages do
"""
