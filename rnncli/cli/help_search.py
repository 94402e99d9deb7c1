"""Search in guides and options: the lines that explain some words, the best ones first.

A word matches by its stem, or by a synonym that the guides use in its place. The rarer a word is
in the guides, the more it counts (inverse document frequency); headings and definitions come
before lines that only mention it.
"""

import math
import re
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import compress
from typing import NamedTuple

SYNONYMS = {  # what a user may type -> what the guides call it; | between alternatives
    "accurate": "accuracy", "adj": "adjusted", "alert": "mail", "arrow": "parquet",
    "autoregressive": "har-t", "bars": "hourly", "bitcoin": "crypto", "btc": "crypto",
    "bug": "exit 70", "cancel": "Ctrl-C", "checkpoint": "checkpoints", "cpu": "threads|processor",
    "crash": "interrupted", "crontab": "cron", "cuda": "GPU", "currency": "forex",
    "darts": "nixtla", "dataframe": "pandas", "dependencies": "licences", "directory": "folder",
    "download": "fetch", "drawdown": "strategy", "dst": "clock", "dummy": "simulate|simulated",
    "epoch": "epochs", "expected": "shortfall|expected", "fail": "exit|errors",
    "fake": "simulate|simulated", "fast": "speed", "fees": "profit", "finetune": "init",
    "fx": "forex", "garch": "garch-t", "gmt": "timezone", "hyperparameter": "models",
    "importance": "explain", "indicator": "feature", "interpret": "explain", "kill": "interrupted",
    "leak": "lookahead", "licence": "license", "license": "licences", "lr": "learning-rate",
    "mac": "macOS", "multivariate": "feature", "news": "sentiment", "offline": "internet",
    "ohlc": "high low",
    "ohlcv": "high low volume", "pipeline": "pipes", "postgres": "PostgreSQL", "ram": "memory",
    "random": "random|seed", "return": "returns", "rsi": "indicators", "safe": "security",
    "schedule": "cron", "sell": "signals", "shap": "explain", "skip": "exclude", "sql": "database",
    "stop": "early stopping", "stranger": "security", "synthetic": "simulate|simulated",
    "systemctl": "systemd", "ticker": "symbol", "tickers": "symbol|tickers", "transformer": "cell",
    "tune": "models", "tutorial": "first", "tz": "timezone", "uncertainty": "interval",
    "update": "update|upgrade", "utc": "zone", "var": "value at risk", "variance": "volatility",
    "walk-forward": "cutoffs", "xlsx": "Excel", "yahoo": "fetch", "yfinance": "fetch",
}  # fmt: skip
PHRASES = {"as of": "until", "as-of": "until", "point in time": "until"}  # without a word to search
NOISE = frozenset(
    re.findall(
        r"\w+",
        """a about an and are be by can do does for from get give has have how i if in is it its
        many me much must my need not of on one or should that the there they this to use used
        want what when where which who why will with without work works you your rnncli""",
    )
)
ENDINGS = ("ations", "ation", "ings", "ing", "ities", "ity", "ies", "ed", "es", "ly", "s", "e", "y")
SHORTEST = 4  # letters of a stem that an ending was cut from
HEADING, DEFINED = 3.0, 2.0  # factors of a score
NEAR = 0.5  # of the best score, for a line to be shown
SIMILAR = 0.75  # of words, for one to be suggested for the other
WORD = re.compile(r"[a-z0-9]+")


class Hit(NamedTuple):
    """A line that matches: the guide or command that has it, its text, and its score."""

    where: str
    text: str
    score: float


def search(words: str, lines: Iterable[tuple[str, str]], most: int) -> list[Hit]:
    """The lines (place, text) that explain the words best, at most `most`; [] without any."""
    asked = _asked(words)
    wanted = [_alternatives(word) for word in asked]
    tokens = [(where, text, _words(text)) for where, text in lines]
    matched = [[_matches(options, there) for options in wanted] for _, _, there in tokens]
    weights = [
        math.log(1 + len(tokens) / max(sum(column), 1)) for column in zip(*matched, strict=True)
    ]
    hits = [
        Hit(where, text, _place(text, wanted) * sum(compress(weights, row)))
        for (where, text, _), row in zip(tokens, matched, strict=True)
        if any(row)
    ]
    least = NEAR * max((hit.score for hit in hits), default=0.0)
    near = [hit for hit in hits if hit.score >= least or _is_entry(hit.text, asked)]
    near.sort(key=lambda hit: (not _is_entry(hit.text, asked), -hit.score))
    return near[:most]  # the sort is stable: guides before commands


def nearest_word(words: str, texts: Iterable[str]) -> str | None:
    """The word of the texts that is nearest to what was typed; None without a near one."""
    known = {word for text in texts for word in _words(text) if len(word) > SHORTEST}
    for word in _asked(words):
        if near := get_close_matches(word, known, 1, SIMILAR):
            return near[0]
    return None


def _asked(words: str) -> list[str]:
    """The words that carry meaning; all of them if none does."""
    text = words.lower()
    typed = re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*", PHRASES.get(text.strip(), text))
    return [word for word in typed if word not in NOISE] or typed


def _alternatives(word: str) -> list[tuple[str, ...]]:
    """Stems of a word, and of its synonyms: a line must have all stems of one of them."""
    meant = SYNONYMS.get(word) or SYNONYMS.get(word.removesuffix("s")) or ""
    names = [word, *filter(None, meant.lower().split("|"))]
    return [tuple(_stem(part) for part in WORD.findall(name)) for name in names]


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST:
            return word[: -len(ending)]
    return word


def _words(text: str) -> list[str]:
    return WORD.findall(text.lower())


def _matches(alternatives: list[tuple[str, ...]], words: list[str]) -> bool:
    return any(
        all(any(_begins(word, stem) for word in words) for stem in stems) for stems in alternatives
    )


def _begins(word: str, stem: str) -> bool:
    """Whether a word has a stem; a short one must be the whole word, or all but a plural."""
    return word.startswith(stem) if len(stem) >= SHORTEST else word in (stem, f"{stem}s")


def _is_entry(text: str, asked: list[str]) -> bool:
    """Whether a line is the entry of the glossary, or the option, that has the asked name."""
    start = re.match(r"\*\*(.*?)\*\* |--([\w-]+):", text)
    named = " ".join(_words(start[1] or start[2])) if start else ""
    typed = " ".join(_words(" ".join(asked)))
    return named != "" and named in (typed, typed.removesuffix("s"))


def _place(text: str, wanted: list[list[tuple[str, ...]]]) -> float:
    """Factor of a score: more for a heading, and for what a line defines."""
    if text.startswith("#"):
        return HEADING if any(_matches(options, _words(text)) for options in wanted) else 1.0
    start = re.match(r"(?:- )?(?:\*\*(.*?)\*\*|`(.*?)`|(--[\w-]+)|\| (.*?) \|)", text)
    defined = _words(next(filter(None, start.groups()), "")) if start else []
    return DEFINED if any(_matches(options, defined) for options in wanted) else 1.0
