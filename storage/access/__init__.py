"""Who may do what, and where: the chats with their settings, the numbers of groups that moved, members who joined,
moderators' chats, logins to the review site, clients of the HTTP API, the kill switch, and the audit of all that.
"""
