"""`python -m tests.review.screenshots FOLDER [LANGUAGE]`: every page as a picture, of a site with something on it."""

from __future__ import annotations

import sys
import tempfile
from datetime import timedelta
from math import sin
from pathlib import Path

from sqlalchemy import Engine, select

from classifier import checkpoint
from storage.learning import runs, shadow, versions
from storage.learning.versions import NewVersion
from storage.models import Report, Verdict, now
from storage.moderation import corrections, explanations
from storage.moderation.corrections import Decision
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.moderation.receiving import Incoming
from storage.session import open_engine, reading, transaction
from tests import fresh, tiny
from tests.review import moderation_pictures
from tests.review.browser import Served, launched
from tests.storage import given
from training.fit import report
from training.fit.thresholds import Scored

SIZE = {"width": 1100, "height": 760}
PHONE = {"width": 390, "height": 760}
PAGES = {
    "audit": "/audit",
    "review": "/review",
    "message": "/review/2",
    "quality": "/quality?days=30",
    "models": "/models",
    "version": "/models/v4",
    "against": "/models/v4/against?other=v5",
    "chats": "/chats",
    "chat-settings": "/chats/1",
    "chat": "/chat",
    "check": "/check/15",
}
SAID = [
    ("Gardeners", "Nina", "Does anybody have tomato seedlings to swap?", 0.02),
    ("Gardeners", "Profit Daily", "Fr\u0435e b\u200bitc\u043ein! I \u0435arn 900$ a day from home, write me +", 0.97),
    ("Gardeners", "Boris", "Thanks everyone, the roses look great this year", 0.01),
    ("Gardeners", "Lucky Day", "Your wallet was chosen for 1000 USDT, claim them now at usdt-now.example", 0.94),
    ("Cooks", "Ivan", "Selling my old stand mixer, works fine, write to me", 0.56),
    ("Cooks", "Crypto Anna", "Remote work, 300$ a day, no experience, places are few, write to me", 0.91),
    ("Cooks", "Crypto Inna", "Remote work, 500$ a day, no experience, places are few, write to me", 0.92),
    ("Cooks", "Crypto Dana", "Remote work, 700$ a day, no experience, places are few, write to me!", 0.92),
    ("Cooks", "Olga", "My sister's bakery gives 10 % off to this group on Sunday", 0.48),
    ("Gardeners", "Max", "Who waters on Saturday?", 0.03),
    ("Cooks", "Casino", "100 free spins for new players, only today!!!", 0.98),
    ("Cooks", "Lena", "Is the recipe with or without butter?", 0.02),
    ("Gardeners", "Loan", "A loan in 5 minutes, without papers, without questions", 0.88),
]
ON_THE_PAGE = [
    ("Who is selling their bike? 100 euro cash", 0.012),
    ("FREE USDT AIRDROP, connect your wallet", 0.997),
]
ACT = {"cautious": {"threshold": 0.97}, "normal": {"threshold": 0.9}, "strict": {"threshold": 0.7}}
METRICS = {
    "hold_out": {
        "f1": 0.968,
        "precision": 0.981,
        "recall": 0.955,
        "examples": 1_058,
        "confusion": {"false_spam": 2, "false_ham": 6},
    },
    "corrections": 214,
    "act": ACT,
    "baselines": {"naive_bayes": {"f1": 0.921, "precision": 0.97, "recall": 0.877}},
}
MADE = {
    "config_hash": "a1b2c3",
    "config": {"seed": 7, "base_model": "gpt2"},
    "code_revision": "f00dcafe",
    "seconds": 412,
    "threads": 2,
    "examples": {"train": 10_402, "validation": 1_480, "hold_out": 1_058},
    "origins": {"seed": 3_744, "starter": 6_444, "correction": 214},
}
WHY = {
    "normalised": "free bitcoin! i earn 000$ a day from home, write me + ⟨invisible⟩ ⟨mixed⟩",
    "tokens": [
        "Fr",
        "\ufffd",
        "e",
        " b",
        "\u200b",
        "itc",
        "oin",
        "!",
        " I",
        " earn",
        " 900",
        "$",
        " a",
        " day",
        " from",
        " home",
    ],
    "parts": {"network": 0.95, "n-grams": 1.64, "encoder": 1.36, "shift": -0.42},
    "ngrams": [["bitcoin", 0.81], ["earn ", 0.55], ["00$", 0.37], ["write me", 0.33], ["home", -0.12]],
    "nearest": [{"chat": 1, "text": "Earn 700$ a day with bitcoin, from home", "is_spam": True, "similarity": 0.82}],
}

WHY_FREE = {
    "normalised": ON_THE_PAGE[1][0].lower(),
    "tokens": ["FREE", " US", "DT", " AIR", "D", "RO", "P", ",", " connect", " your", " wallet"],
    "parts": {"network": 1.12, "n-grams": 2.51, "encoder": 2.60, "shift": -0.42},
    "ngrams": [["usdt", 0.92], ["wallet", 0.71], ["free ", 0.64], ["drop", 0.41], [" your", -0.09]],
    "nearest": [{"chat": 1, "text": SAID[3][2], "is_spam": True, "similarity": 0.64}],
}


def fill(engine: Engine) -> None:
    """Two groups and the chat page, some of it decided; a version that serves and one in its shadow."""
    with transaction(engine) as session:
        for name in ("v3", "v4"):
            versions.register(session, NewVersion(name, 0.5, 0.9, "5e" * 32, METRICS, parent="v3", provenance=MADE))
            champion = versions.promote(session, name, "the gate")
    for i, (chat, name, text, score) in enumerate(SAID, start=1):
        where = -1001 if chat == "Gardeners" else -1002
        message = given.incoming(text, i, chat_external_id=where, chat_title=chat, author_name=name, author_id=i)
        given.verdict(engine, champion, message, score, audit_share=0.9)
    for i, (text, score) in enumerate(ON_THE_PAGE, start=1):
        message = Incoming(given.Platform.WEB, 0, "chat page", i, None, "ann", text, now())
        given.verdict(engine, champion, message, score)
    decided = {4: True, 11: True, 13: True, 1: False, 3: False, 10: False, 12: True}
    with transaction(engine) as session:
        for verdict_id, is_spam in decided.items():
            corrections.correct(session, Decision(verdict_id, "telegram:7", "Nina", is_spam))
        session.add_all(Report(message_id=2, reporter_id=n) for n in (1, 3))
        for verdict_id in (2, 15):
            explanations.ask(session, verdict_id)
            explanations.answer(session, verdict_id, "v4", **(WHY if verdict_id == 2 else WHY_FREE))
        run = runs.begin(session, "ann (review site)")
        runs.advance(session, run.id, "Fine-tuning", 5, 9)
        for verdict in session.scalars(select(Verdict)):
            verdict.created_at -= timedelta(minutes=8)
    follower = given.in_shadow(engine, "v5")
    with transaction(engine) as session:
        scores = [
            Judgement(row, 0, 0.3 if row == 5 else 0.9 if score > 0.4 else 0.1)
            for row, (*_, score) in enumerate(SAID, 1)
        ]
        shadow.record(session, ScoringVersion(follower.id, 0.5, 0.9), scores)


def draw(folder: Path) -> None:
    """Plots as training writes them."""
    folder.mkdir(parents=True)
    scores = [i / 100 for i in range(100)] * 5
    measured = Scored(scores, [score > 0.5 + 0.2 * sin(i) for i, score in enumerate(scores)])
    confusion = {"true_ham": 901, "false_spam": 2, "false_ham": 6, "true_spam": 149}
    report._save(report._confusion(confusion), folder / "confusion.svg")
    report._save(report._curves(measured, 0.5), folder / "curves.svg")
    report._save(report._calibration(measured), folder / "calibration.svg")
    (folder / "model-card.md").write_text("# Model card\n\n**What it is.** A spam classifier of four parts.")


def main(folder: Path, language: str = "en") -> None:
    """Write one picture a page, and the queue in the dark and on a phone; in English also those of docs/moderation.md."""
    folder.mkdir(parents=True, exist_ok=True)
    transcripts = moderation_pictures.transcripts() if language == "en" else {}
    home = Path(tempfile.mkdtemp())
    engine = open_engine(fresh.sqlite(home / "site.sqlite3"))
    fill(engine)
    with reading(engine) as session:
        names = [version.name for version in versions.every(session)]
    for name in names:
        checkpoint.save(tiny.checkpoint(), home / "models" / name)
    draw(home / "models" / "v4" / "report")
    site = Served(engine, home)
    with launched() as browser:
        for name, path in PAGES.items():
            page = site.log_in(browser.new_context(viewport=SIZE, locale=language))
            page.goto(f"{site.url}{path}")
            page.screenshot(path=folder / f"{name}.png", full_page=name in ("message", "quality", "check", "version"))
            page.context.close()
        for name, size, scheme in (("review-dark", SIZE, "dark"), ("review-phone", PHONE, "light")):
            page = site.log_in(browser.new_context(viewport=size, color_scheme=scheme, locale=language))
            page.screenshot(path=folder / f"{name}.png")
            page.context.close()
        page = browser.new_context(viewport=SIZE, locale=language).new_page()
        page.goto(f"{site.url}/login")
        page.screenshot(path=folder / "login.png")
        if transcripts:
            moderation_pictures.draw(folder, browser, transcripts)
    site.stop()
    engine.dispose()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
