"""`hamlet doctor`: what is right and what is wrong with this installation, on one page.

page.py          the lines and the exit code
running.py       all checks at once, each with its own timeout
line.py          what a check says
installation.py  versions, database, model, disks, clock, last backup
processes.py     broker, heartbeats, the review site
telegram.py      token, clock, webhook
bot_api.py       the calls that they take
rights.py        the bot's rights in each chat
"""
