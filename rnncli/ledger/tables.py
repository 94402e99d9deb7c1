"""The tables of a ledger, and whether those of a file are no more than that.

SQLite keeps programs in a file as well: triggers, views, computed columns and checks run when a
table is read or written. A ledger has none, so that one from somebody else can be opened.
"""

import re
import sqlite3

APPLICATION = 0x726E6E63  # "rnnc", where SQLite keeps the application of a file
VERSION = 4  # of the tables; see `migration` for earlier ones
MODEL = (
    "CREATE TABLE {} (id INTEGER PRIMARY KEY, digest TEXT NOT NULL, file TEXT NOT NULL,"
    " price_column TEXT, inputs TEXT NOT NULL DEFAULT '', seen TEXT, UNIQUE (digest, inputs))"
)
ORIGIN = (
    "CREATE TABLE origin (model INTEGER NOT NULL REFERENCES model, cutoff NOT NULL,"
    " first TEXT NOT NULL, last TEXT NOT NULL, forecasts INTEGER NOT NULL,"
    " PRIMARY KEY (model, cutoff)) WITHOUT ROWID",
    "CREATE INDEX origin_cutoff ON origin (cutoff)",
)
RISK = (
    "CREATE TABLE portfolio_risk (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run,"
    " model INTEGER NOT NULL REFERENCES model, portfolio TEXT NOT NULL, cutoff NOT NULL,"
    " cash REAL NOT NULL, UNIQUE (portfolio, cutoff))",
    "CREATE TABLE portfolio_position (risk INTEGER NOT NULL REFERENCES portfolio_risk,"
    " symbol TEXT NOT NULL, cutoff NOT NULL, quantity REAL NOT NULL, rate REAL, currency TEXT,"
    " price REAL NOT NULL, before REAL, divisor REAL, PRIMARY KEY (risk, symbol)) WITHOUT ROWID",
    "CREATE TABLE portfolio_loss (risk INTEGER NOT NULL REFERENCES portfolio_risk,"
    " ahead INTEGER NOT NULL, confidence REAL NOT NULL, value_at_risk REAL NOT NULL,"
    " shortfall REAL NOT NULL, tail TEXT NOT NULL, PRIMARY KEY (risk, ahead, confidence))"
    " WITHOUT ROWID",
)
TABLES = (
    MODEL.format("model"),
    "CREATE TABLE run (id INTEGER PRIMARY KEY, at TEXT NOT NULL, version TEXT NOT NULL,"
    " model INTEGER NOT NULL REFERENCES model)",
    # cutoffs and dates are text, or row numbers without dates: columns without a type hold both
    "CREATE TABLE forecast (run INTEGER NOT NULL REFERENCES run, model INTEGER NOT NULL REFERENCES"
    " model, cutoff NOT NULL, symbol TEXT NOT NULL, ahead INTEGER NOT NULL, date NOT NULL,"
    " forecast REAL NOT NULL, naive REAL NOT NULL, price REAL NOT NULL, before REAL, divisor REAL,"
    " PRIMARY KEY (model, cutoff, symbol, ahead)) WITHOUT ROWID",
    *ORIGIN,
    *RISK,
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {VERSION}",
)
WORDS = {word for statement in TABLES for word in re.findall(r"\w+", statement.lower())}
LEVEL = r'"(?:lower|upper)_[0-9.]+"'  # a column of bounds
OF_SQLITE = "sqlite_%"  # names that no other program can give


def foreign_parts(base: sqlite3.Connection) -> list[str]:
    """Names of tables, views, triggers and indices whose definition has more than a ledger's."""
    query = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE ?"
    return [str(name) for name, sql in base.execute(query, (OF_SQLITE,)) if not _is_ours(sql)]


def _is_ours(sql: object) -> bool:
    """Whether a definition has the words of ours and levels alone."""
    words = re.findall(r"\w+", re.sub(LEVEL, "", str(sql).lower()))
    return WORDS.issuperset(words)
