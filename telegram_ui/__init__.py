"""What the bot and the actions process share of Telegram: buttons, language, lengths of text, refusals, waits."""
