"""The story of the product at the review site, told by whichever home, database and base model."""

from __future__ import annotations

import re
from pathlib import Path

from tests.processes import Processes, free_port

SPAM = "FREE prize for Zoe: £750 in cash, you won! Claim now, call 09061234, congratulations"
HAM = "Hi Zoe, are we still on for dinner at 7? Bring the cake please, see you later"


def tell_the_story(folder: Path, settings: dict[str, str]) -> None:
    with Processes(folder, HAMLET_PORT=str(free_port()), **settings) as processes:
        processes.run_hamlet()
        visitor = processes.visitor()
        assert visitor.say(HAM) | {"row": "", "score": ""} == {"row": "", "score": "", "state": "ham", "version": "v1"}
        spam = visitor.say(SPAM)
        assert (spam["state"], spam["version"]) == ("spam", "v1")
        [verdict] = visitor.flagged()
        visitor.decide(verdict, is_spam=False)
        assert visitor.flagged() == []
        assert "corrections" in processes.hamlet("models")
        processes.hamlet("train", "--data", "examples.csv", "--seed", "7")
        assert visitor.say(HAM)["version"] == "v1", "a trained version serves only once it is promoted"
        processes.hamlet("promote", "v2")
        assert visitor.say(HAM)["version"] == "v2"
        assert re.search(r"v2\s+champion.*\s1\s", processes.hamlet("models")), "the correction was learned from"
