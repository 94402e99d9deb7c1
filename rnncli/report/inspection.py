"""Output of `inspect`: content and origin of a model, how a price file was read."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rnncli.arrays import Float64Array
from rnncli.prices.series import Prices
from rnncli.prices.summary import SeriesSummary
from rnncli.report.output import Report
from rnncli.report.text import safe

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rnncli.models.model import Model

SERIES_COLUMNS = (
    "symbol", "rows", "first_date", "last_date", "first_close", "last_close", "gaps",
    "duplicates", "dropped",
)  # fmt: skip
COUNTS = ("gaps", "duplicates", "dropped")  # columns left out where all are zero
MOST_ITEMS = 5


def model_report(path: str, model: "Model") -> Report:
    """Report of a model file; CSV and JSON lines have its parameters."""
    preparation = model.preparation.as_dict()
    preparation |= {
        name: len(preparation[name]) for name in ("fitted", "shares") if name in preparation
    }
    bounds = model.bounds
    parameters = [
        {"name": name, "shape": list(view.shape), "count": view.size}
        for name, view in model.network.parameters.items()
    ]
    document = {
        "model": path,
        "architecture": model.network.architecture.as_dict(),
        "parameters": parameters,
        "settings": model.settings,
        "training": model.record,
        "preparation": preparation,
        "bounds": {
            "unit": bounds.unit, "aheads": len(bounds.counts), "errors": list(bounds.counts),
            "first_cutoff": bounds.first, "last_cutoff": bounds.last,
        },
    }  # fmt: skip
    columns = ("name", "shape", "count")
    return Report("model", document, columns, lambda: parameters, lambda: _model_tables(document))


def _model_tables(document: dict[str, Any]) -> Iterable["RenderableType"]:
    from rnncli.report.network_diagram import form_lines
    from rnncli.report.tables import lines, shown, table

    yield table(
        f"Model {document['model']}",
        ("parameter", "shape", "count"),
        [(p["name"], shown(p["shape"]), p["count"]) for p in document["parameters"]],
    )
    yield lines(*form_lines(document["architecture"]), " ")
    for name in ("architecture", "training", "preparation", "bounds"):
        values = {key: value for key, value in document[name].items() if key != "epochs"}
        yield _pairs(name.capitalize(), values)
    for stage, settings in document["settings"].items():
        yield _pairs(f"Settings of {stage}", settings)


def _pairs(title: str, values: dict[str, Any]) -> "RenderableType":
    from rnncli.report.tables import pairs

    whole = {"inputs": len(values.get("inputs") or ())}  # what a model is fed is all of interest
    return pairs(
        title,
        [
            (name.replace("_", " "), _in_line(value, whole.get(name, MOST_ITEMS)))
            for name, value in values.items()
        ],
    )


def _in_line(value: Any, most: int = MOST_ITEMS) -> str:
    """A nested value in one cell; long lists are cut, since JSON has them whole."""
    from rnncli.report.tables import shown

    if isinstance(value, dict):
        items = [f"{key} {_within(item)}" for key, item in value.items()]
        return safe(", ".join(items)) or "-"
    if isinstance(value, list | tuple) and value:
        items = [_in_line(item) if isinstance(item, dict) else shown(item) for item in value]
        more = f" … ({len(items)} in all)" if len(items) > most else ""
        return ", ".join(items[:most]) + more
    return shown(value)


def _within(value: Any) -> str:
    """A value within another one: of a nested one, how much there is."""
    from rnncli.report.tables import shown

    return f"({len(value)})" if isinstance(value, dict | list | tuple) else shown(value)


def prices_report(prices: Prices, series: list[SeriesSummary]) -> Report:
    """Report of price files: the detected format of each, and every series."""
    summaries = [asdict(summary) for summary in series]
    files = [asdict(file) for file in prices.files]
    document = {"files": files, "series": summaries}
    return Report(
        "prices", document, SERIES_COLUMNS, lambda: summaries,
        lambda: _price_tables(files, summaries),
    )  # fmt: skip


HIDDEN = ("name", "evidence", "dropped_by_symbol", "duplicates_by_symbol", "repairs")
EMPTY_HIDDEN = (
    "encoding", "delimiter", "layout", "price_column", "date_column", "date_format",
    "dropped", "mended", "noticed", "noted", "duplicates", "time_column", "symbol_column",
)  # fmt: skip


def _decisions(file: dict[str, Any]) -> Iterable[tuple[str, str, str]]:
    """Every decision about a file, with what speaks for it."""
    for name, value in file.items():
        if name not in HIDDEN and (value or name not in EMPTY_HIDDEN):
            yield name.replace("_", " "), _in_line(value), file["evidence"].get(name, "")


def _price_tables(
    files: list[dict[str, Any]], summaries: list[dict[str, Any]]
) -> Iterable["RenderableType"]:
    from rnncli.report.tables import table

    for file in files:
        yield table(file["name"], ("", "detected", "evidence"), list(_decisions(file)))
    repairs = [repair for file in files for repair in file["repairs"]]
    if repairs:
        columns = tuple(repairs[0])
        rows = [[repair[name] for name in columns] for repair in repairs]
        yield table("Repairs", columns, rows, caption="became -: the row is left out")
    none = [name for name in COUNTS if not any(summary[name] for summary in summaries)]
    names = [name for name in SERIES_COLUMNS if name not in none]
    yield table(
        f"{len(summaries)} series",
        [name.replace("_", " ") for name in names],
        [[summary[name] for name in names] for summary in summaries],
        caption=_without(none),
    )


def _without(names: Sequence[str]) -> str:
    """What the series do not have."""
    if not names:
        return ""
    words = [f"{name} rows" if name == "dropped" else name for name in names]
    return f"no {' or '.join([', '.join(words[:-1]), words[-1]] if words[1:] else words)}"


def market_report(companies: Iterable[tuple[str, Float64Array]]) -> Report:
    """Report of a market: symbol and price, a row a day."""
    rows = [
        {"symbol": name, "price": int(price) if price == int(price) else price}
        for name, prices in companies
        for price in prices.tolist()
    ]
    cells = [(row["symbol"], row["price"]) for row in rows]

    def tables() -> Iterable["RenderableType"]:
        from rnncli.report.tables import table

        yield table("StatLand", ("symbol", "price"), cells)

    return Report("statland", None, ("symbol", "price"), lambda: rows, tables, piped="csv")
