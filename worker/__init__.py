"""The process `worker`: claims waiting messages, scores them in batches and records verdicts (`tasks`, `moderation`).

It keeps the champion and the shadow loaded (`champion`, `models`, `shadow`) and answers "Why?" (`explaining`).
"""
