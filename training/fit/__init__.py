"""From examples to a model: the parts of a version, their sum, its thresholds and its evaluation.

Begin with learn.py, which fits everything, and recipe.py, which holds every number of it.

recipe.py         the recipe (TrainConfig); its hash names it
plan.py           which examples the GPT sees in which epoch; sampling.py draws them
features.py       outputs of the frozen blocks, and embeddings.py of the encoder; feature_cache.py keeps them on disk

finetune.py       the GPT's trained blocks, epoch by epoch (epochs.py)
probe.py          a linear probe of the frozen blocks
ngrams.py         the n-gram model
encoder_head.py   the head of the sentence encoder
stacking.py       how much each part counts for
calibration.py    what makes scores probabilities
thresholds.py     where review and acting begin

evaluate.py       figures of a version; presumed_ham_evaluation.py of the chats' own ham, baselines.py of classical models
report.py         plots (plots.py) and the model card (model_card.py) beside a version
provenance.py     how a version was made
progress.py       what a run reports while it is under way

base_models.py    base models by name, and encoders.py sentence encoders; hub.py asks the Hugging Face hub
"""
