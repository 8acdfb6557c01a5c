"""Hears Telegram: stores what arrives, rings the worker's bell, answers commands and buttons."""
