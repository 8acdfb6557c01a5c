"""Faults survived: real processes, real databases, a real broker and the fake Telegram, while one thing breaks.

Each scenario lets messages in through the fake Telegram while its fault happens, waits until nothing is pending, and counts.
"""
