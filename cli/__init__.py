"""The `hamlet` command: composes everything, and is the only code above the five processes. It begins in app.py."""
