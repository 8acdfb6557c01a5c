"""The database: tables, transactions, and every statement that reads or writes them.

    models/      the tables
    processes/   leases, raw updates, rate limits
    outbound/    events that the operator's webhook is informed of, and their deliveries
    access/      chats, members who joined, moderators, logins, clients, the audit
    moderation/  what happens to a message, from the inbox to requested actions
    learning/    samples, snapshots, runs, model versions
    privacy/     what members may ask for
    views/       what pages, programs and commands read
    dump/        all rows as lines of JSON, and back into either kind of database

Each of them may use those above it, but `privacy` and `views` do not use each other. Beside them: the engine and its
transactions (`session`), settings, pure rules (`rules`, `odds`, `earning`, `sanctions`, `names`, `fingerprints`), and files of labelled
texts, chat exports and model versions going in and out (`shared_models`, `transfer`, `formats`, `history`, `telegram_export`).

Errors:

    StorageError
    ├── DatabaseUnreachable   the server does not answer or the file cannot be opened
    │   ├── DatabaseNotMigrated   it answers, but has no tables yet
    │   └── DatabaseFull          it has no room left
    ├── DatabaseTooNew        a newer hamlet made its tables
    ├── UpgradeFailed         its tables could not be brought up to date; nothing was changed
    ├── RowsLost              a migration would leave rows that refer to nothing
    ├── NotLoadable           rows of a dump do not fit its tables
    ├── ModelsUnreachable     versions cannot be copied to or from where they are published (`shared_models`)
    ├── AlreadyHandled        an update was handled before (`processes/updates`)
    ├── UnknownVersion        a model version of that name does not exist
    ├── UnknownVerdict        a verdict of that id does not exist
    ├── UnknownChat           a chat of that number does not exist
    ├── UnknownCorrection     this person has no such correction
    ├── UnknownBulkDecision   this person made no such decision about many messages
    ├── UnknownMember         nothing is stored of that member in the chat
    ├── UnknownMessage        a message of that number does not exist
    ├── UnknownDelivery       a delivery of that number does not exist
    ├── UnknownRescan         a rescan lists nothing that can be flagged
    ├── RescanOutdated        the version that made it serves no more
    ├── UnknownClient         a client of that name does not exist
    ├── EnforceTooSoon        a chat has too few corrections to be acted in without asking
    ├── ClientExists          a client of that name has a token already
    ├── NothingToRollBackTo   no version served before the champion
    ├── VersionPruned         the version's files were removed
    ├── FilesGone             the version's files are missing
    ├── NotAnExport           a file is not the export of a group
    │   └── AnotherGroup          it is of a different group
    └── ExportCutShort        an export ends in the middle of its messages
"""
