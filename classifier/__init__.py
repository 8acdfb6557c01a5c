"""What a text means: a GPT of our own, and nothing of queues, tables, settings or chats.

Errors that callers meet at the door:

    ClassifierError
    ├── TextError            a text that cannot be judged
    │   ├── NothingToJudge   no character that a reader would see
    │   └── TextTooLong      more tokens than one message is allowed to cost
    ├── CheckpointError      a model directory that is missing, damaged or of another make
    └── PretrainedError      a published base model that cannot be read
"""
