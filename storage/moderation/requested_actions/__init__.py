"""Calls that hamlet owes to Telegram, as rows: `consequences` decides what follows from a flag, a correction or an
order, `requests` adds and cancels rows, `queue` claims them and records how the call ended, `leases` keeps them for the call,
`loading` and `facts` read what a call needs to know, `announcements` addresses all moderators, and `automatic_pause` stops a
chat that was wrong too often.
"""
