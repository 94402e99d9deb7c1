"""JSON Schemas from short tables: a name, a kind and a sentence for each key of an object.

A kind is text, number, integer, flag, object, or date (ISO 8601; the number of a row in series
without dates); with ? it may be null, with [] it is a list of such.
"""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]
Fields = Mapping[str, tuple[str | Schema, str]]  # key -> its kind or schema, what it is
DRAFT = "https://json-schema.org/draft/2020-12/schema"
TYPES = {
    "text": ["string"],
    "number": ["number"],
    "integer": ["integer"],
    "flag": ["boolean"],
    "date": ["string", "integer"],
    "object": ["object"],
}


def kind(text: str) -> Schema:
    """The schema of a kind."""
    if text.endswith("[]?"):
        return maybe(kind(text[:-1]))
    if text.endswith("[]"):
        return {"type": "array", "items": kind(text[:-2])}
    types = [*TYPES[text.removesuffix("?")], *(["null"] if text.endswith("?") else [])]
    return {"type": types[0] if len(types) == 1 else types}


def record(
    fields: Fields, patterns: Fields | None = None, optional: Fields | None = None
) -> Schema:
    """An object that has all of the fields, and may have others.

    `patterns`: fields whose names are regular expressions, such as those of levels; `optional`:
    fields that may be missing.
    """
    properties = {**fields, **(optional or {})}
    schema = {
        "type": "object",
        "properties": {name: _described(*field) for name, field in properties.items()},
        "required": list(fields),
    }
    if patterns:
        schema["patternProperties"] = {name: _described(*p) for name, p in patterns.items()}
    return schema


def _described(what: str | Schema, sentence: str) -> Schema:
    schema = kind(what) if isinstance(what, str) else what
    return {"description": sentence, **schema}


def many(item: Schema) -> Schema:
    """A list of such."""
    return {"type": "array", "items": item}


def maybe(schema: Schema) -> Schema:
    """Such, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def table_of(value: str | Schema) -> Schema:
    """An object with keys of any name, each of the same kind."""
    return {
        "type": "object",
        "additionalProperties": kind(value) if isinstance(value, str) else value,
    }


ROW = {"$ref": "#/$defs/row"}


def result(
    name: str, title: str, row: Schema, fields: Fields | None = None, patterns: Fields | None = None
) -> Schema:
    """The schema of a result whose JSON lines and CSV have such rows; without fields, of the rows.

    `name`: with its version.
    """
    properties = fields if fields is not None else {"rows": (many(ROW), "The rows.")}
    schema = record({"schema": ({"const": name}, "What this is."), **properties}, patterns)
    return {"$schema": DRAFT, "$id": name, "title": title, **schema, "$defs": {"row": row}}
