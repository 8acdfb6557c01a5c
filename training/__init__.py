"""Turns labelled examples into a better model. Begin with lifecycle/retrain.py: one run on one page.

data/       what is learned from: seed sets, corrections, presumed ham, the snapshot
fit/        from examples to a model: recipe, features, the parts, their sum, thresholds, evaluation
lifecycle/  from a run that is due to a version that serves: schedule, gate, shadow
course/     the course this project grew from, and its experiments

Errors that callers handle:

    TrainingError
    ├── DownloadError    a base model or data set could not be downloaded, or is not what it should be
    ├── DatasetError     a file of examples with a missing column or a wrong label, by line
    ├── TooFewExamples   a split without both classes, or with hardly any examples
    │   └── OneClassAlone    a file of one class
    ├── TableDamaged     the finished rows of an experiments table are damaged
    ├── BaseModelTooShallow  the recipe asks for more blocks than the base model has
    ├── TrainingDiverged  the loss stopped being a number; nothing is registered
    ├── SnapshotMismatch  the examples are no longer those that were hashed
    ├── NotRebuildable   an earlier version's snapshot cannot be collected again
    ├── ModelNotStored   the finished version could not be written to disk
    └── TrainingBusy     another run holds the lease
"""
