"""What a text means: a score of spam from a GPT, n-grams and a sentence encoder. Knows no queues, tables, settings or chats.

Begin with spam.py: load a model version, score texts.

spam.py             the classifier: text to score, explanation, nearest examples
windows.py          which texts can be scored, and long ones in windows
blend.py            how the parts' log-odds become one score
thresholds.py       where review and acting begin
explain.py          what a score rests on; nearest.py: which known examples a text resembles

gpt/                the GPT: network, serving form, tokenizers, loaders of published models
encoder/            the sentence encoder
ngrams.py           the n-gram model, which reads what reading.py makes of a text and disguise.py undisguises
probe.py            a linear probe of the GPT's frozen blocks

checkpoint.py       a model version as one directory, of files.py's files
resident_memory.py  what keeps a worker's memory small

Errors that callers handle:

    ClassifierError
    ├── TextError            a text that cannot be scored
    │   ├── NothingToJudge   no character that a reader would see
    │   └── TextTooLong      more tokens than one message is allowed to cost
    ├── CheckpointError      a model directory that is missing, damaged or of another make
    └── PretrainedError      a published base model that cannot be read
"""
