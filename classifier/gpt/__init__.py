"""The GPT: a decoder-only transformer, how published ones are read, and the form of it that serves.

Begin with model.py, which reads like the paper.

model.py               the network: trunk (frozen), head (trained), and the whole language model
tokenizer.py           byte-pair encoding

serving.py             the network prepared for speed: texts end to end, weights laid out ahead
packing.py             where each token stands when texts lie end to end; attention.py attends over them
products.py            matrix products in the layout and the precision of the processor
lanes.py               threads that share the texts between them
padded.py              the network itself over padded batches, for what the serving form does not know

pretrained.py          a published base model in our names, read from GGUF
safetensors_models.py  the same from a repository of the Hugging Face hub: GPT-2, Llama and Qwen2 (families.py),
                       with their tokenizers (tokenizer_files.py)
"""
