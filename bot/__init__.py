"""Receives Telegram's updates: stores each, rings the worker's bell, answers commands and buttons."""
