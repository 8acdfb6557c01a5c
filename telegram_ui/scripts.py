"""What people call the scripts of storage/scripts.py."""

from __future__ import annotations

from telegram_ui.language import Say


def name(say: Say, script: str) -> str:
    """The script in that language; Unicode's own word where there is none."""
    names = {
        "ARABIC": say("Arabic letters"),
        "ARMENIAN": say("Armenian letters"),
        "BENGALI": say("Bengali letters"),
        "CJK": say("Chinese or Japanese characters"),
        "CYRILLIC": say("Cyrillic letters"),
        "DEVANAGARI": say("Devanagari letters"),
        "ETHIOPIC": say("Ethiopic letters"),
        "GEORGIAN": say("Georgian letters"),
        "GREEK": say("Greek letters"),
        "GUJARATI": say("Gujarati letters"),
        "GURMUKHI": say("Gurmukhi letters"),
        "HANGUL": say("Korean letters"),
        "HEBREW": say("Hebrew letters"),
        "KANNADA": say("Kannada letters"),
        "KHMER": say("Khmer letters"),
        "LAO": say("Lao letters"),
        "LATIN": say("Latin letters"),
        "MALAYALAM": say("Malayalam letters"),
        "MYANMAR": say("Burmese letters"),
        "SINHALA": say("Sinhala letters"),
        "TAMIL": say("Tamil letters"),
        "TELUGU": say("Telugu letters"),
        "THAI": say("Thai letters"),
        "TIBETAN": say("Tibetan letters"),
    }
    return names.get(script, script.capitalize())
