"""What pages, programs and commands read, and nothing that changes a row: the review queue and its cards, messages, the
web chat, the quality of moderation, a chat's status, replays, differences between versions, and what is wrong.
"""
