"""Recognises usernames that are advertisements, such as free_usdt_airdrop_bot, and spells them in words. Pure.

Nothing but its words tells an advertisement from somebody's username, so these are listed. Such a username is judged
with the text, and the classifier decides; one that is not recognised is not judged.
"""

from __future__ import annotations

import re
from functools import lru_cache

ADVERTISES = frozenset(  # alone
    (
        *(
            "airdrop",
            "airdrops",
            "usdt",
            "casino",
            "kazino",
            "jackpot",
            "giveaway",
            "forex",
            "escort",
            "eskort",
            "porn",
        ),
        *(
            "porno",
            "intim",
            "xxx",
            "onlyfans",
            "slots",
            "sloty",
            "stavki",
            "zarabotok",
            "zarabotai",
            "obnal",
            "mefedron",
        ),
        *(
            "binarnye",
            "vulkan",
            "1xbet",
            "1win",
            "melbet",
            "mostbet",
            "pinup",
            "nudes",
            "viagra",
            "payday",
            "zaim",
            "zaimy",
        ),
    )
)
HINTS = frozenset(  # two of them
    (
        *(
            "bonus",
            "free",
            "crypto",
            "cripto",
            "kripto",
            "btc",
            "bitcoin",
            "eth",
            "ton",
            "trx",
            "trade",
            "trading",
            "trader",
        ),
        *("invest", "investment", "income", "dohod", "earn", "earning", "earnings", "profit", "money", "cash", "dengi"),
        *("bet", "bets", "betting", "win", "winner", "vip", "promo", "promokod", "loan", "loans", "kredit", "credit"),
        *("rabota", "vakansii", "job", "jobs", "remote", "udalenka", "signal", "signals", "pump", "wallet", "claim"),
        *(
            "prize",
            "reward",
            "rewards",
            "gift",
            "gifts",
            "drop",
            "nft",
            "mining",
            "sex",
            "seks",
            "dating",
            "girls",
            "hot",
        ),
        *("cheap", "discount", "sale", "slot", "poker", "roulette", "exchange", "obmen", "bank", "p2p", "lucky"),
    )
)
BESIDE = frozenset(
    ("bot", "official", "channel", "chat", "support", "club", "pro", "top", "best", "new", "online", "shop")
)
VOCABULARY = ADVERTISES | HINTS | BESIDE
LONGEST = max(map(len, VOCABULARY))
PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
HINTS_NEEDED = 2


def spelled(username: str) -> str:
    """The words of a username that advertises: "free usdt airdrop bot"; "" for any other."""
    words = [word for part in re.split(r"[^A-Za-z0-9]+", username) if part for word in _words(part)]
    is_telling = not ADVERTISES.isdisjoint(words) or len(HINTS.intersection(words)) >= HINTS_NEEDED
    return " ".join(words) if is_telling else ""


def _words(part: str) -> list[str]:
    """The words of what stands between underscores, in lower case; capitals and digits begin new ones."""
    if part.lower() in VOCABULARY:
        return [part.lower()]
    pieces = [piece.lower() for piece in PART.findall(part)]
    return [word for piece in pieces for word in (_run_together(piece) or (piece,))]


@lru_cache(maxsize=1_000)
def _run_together(piece: str) -> tuple[str, ...] | None:
    """The words that a piece consists of, all of them listed; None where there are others in it."""
    if not piece:
        return ()
    for end in range(min(len(piece), LONGEST), 1, -1):
        if piece[:end] in VOCABULARY and (rest := _run_together(piece[end:])) is not None:
            return (piece[:end], *rest)
    return None
