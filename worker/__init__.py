"""Judges messages (the process `worker`) and acts on what was judged (the process `actions`, without torch)."""
