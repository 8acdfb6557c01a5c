"""Turns labelled examples into a better model.

Errors that callers meet at the door:

    TrainingError
    ├── DownloadError    a base model or data set could not be had, or is not what it should be
    ├── DatasetError     a file of examples with a missing column or a wrong label, by line
    ├── TooFewExamples   a split without both classes, or hardly any example
    │   └── OneClassAlone    a file of one class
    ├── TableNotKept     the finished rows of an experiments table are damaged
    ├── BaseModelTooShallow  the recipe asks for more blocks than the base model has
    ├── TrainingDiverged  the loss stopped being a number; nothing is registered
    ├── SnapshotMismatch  the examples are no longer those that were hashed
    ├── ModelNotStored   the disk did not take the finished version
    └── TrainingBusy     another run holds the lease
"""
