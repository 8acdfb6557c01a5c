"""The multilingual sentence encoder: one vector a text, in a hundred languages; frozen, never fine-tuned.

network.py reads like the paper, serving.py is what runs, quantised.py is how its weights are kept.
"""
