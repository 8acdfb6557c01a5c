"""The course this project grew from, on our base model: chapter 6 of "Build a Large Language Model (From Scratch)".

Begin with recipe.py. Only the command line imports this package; nothing here is registered or served.

recipe.py     sections 1 to 7 on one page: data, batches, head, fine-tuning, plots, use
split.py      class counts, the balanced split as CSV files
batches.py    token ids padded with end-of-text, and batches of them
network.py    which blocks learn, which position is read
fitting.py    the loop: AdamW, losses and accuracies as it goes
lora.py       low-rank updates beside frozen layers
experiments/  the course's table of design choices
"""
