"""The web pages of moderators, and the chat page for trying the classifier out."""
