"""Carries out requested actions at Telegram: sanctions, deletions, notices (the process `actions`, without torch)."""
