"""/review in private: a link for whoever moderates, with their groups, and none for others."""

from __future__ import annotations
