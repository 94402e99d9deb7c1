"""The house rules: who may import whom, what never occurs in the code, what every part has."""

import ast
import importlib
import re
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from each import assert_each
from ledgers import SOURCE, forecast_of, rising
from processes import finished

from rnncli.cli.app import program
from rnncli.ledger.writer import record

PACKAGE = Path(__file__).parent.parent / "rnncli"
FILES = sorted(PACKAGE.rglob("*.py"))
HEAVY = {
    "numpy", "pandas", "numba", "llvmlite", "safetensors", "rich", "plotille", "matplotlib",
    "distributed", "jinja2",
}  # fmt: skip


def module_of(path):
    """Dotted name of a file of the package."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


@cache
def tree_of(path):
    """A file of the package, parsed."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes_of(path):
    """All that a file of the package consists of, walked through once for all tests."""
    return list(ast.walk(tree_of(path)))


@cache
def imports_of(path):
    """Every module that a file imports, at the top or inside a function, as dotted names."""
    return list(_imports_of(path))


def _imports_of(path):
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in MODULES else node.module


def within(module, *packages):
    """Whether a module is one of these or inside one."""
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def importers(*names):
    """Modules of ours that import one of these libraries or modules."""
    return {
        module
        for module, path in MODULES.items()
        if any(within(name, *names) for name in imports_of(path))
    }


# Each line may import from the lines below it only, and a package from itself.
LAYERS = """
    cli
    library
    report
    nightly
    ledger diagnostics
    risk
    evaluation gradients
    forecasting training
    inference models
    network
    distributions simulation
    transforms
    prices runtime
    settings storage kernels
    errors arrays dates
"""
RANKS = {name: -number for number, line in enumerate(LAYERS.split("\n")) for name in line.split()}


def part_of(module, depth=1):
    """The package or module at a depth below rnncli that a dotted name lies in."""
    return ".".join(module.split(".")[1 : 1 + depth])


def test_every_package_has_its_layer():
    """The table of layers names what `ls rnncli` shows, and no more."""
    shown = {part_of(module) for module in MODULES} - {"", "__main__"}
    assert shown == set(RANKS)
    assert len(list(PACKAGE.iterdir())) <= 29 + PACKAGE.joinpath("__pycache__").exists()


@pytest.mark.thorough
def test_packages_import_from_lower_layers_only():
    """What a package builds on lies below it; only rnncli itself hands out from every layer."""

    def imports_from_lower_layers_only(module):
        here = part_of(module)
        below = [
            name
            for name in imports_of(MODULES[module])
            if within(name, "rnncli") and name != "rnncli" and part_of(name) != here
        ]
        assert [name for name in below if RANKS[part_of(name)] >= RANKS[here]] == []

    inside = [module for module in MODULES if part_of(module) not in {"", "__main__"}]
    assert_each(imports_from_lower_layers_only, inside)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("numba", ["rnncli.kernels"]),
        ("llvmlite", ["rnncli.kernels", "rnncli.diagnostics.doctor"]),
        ("pandas", ["rnncli.prices.parsing.table.pandas_columns", "rnncli.library.results"]),
        ("safetensors", ["rnncli.storage.tensor_file"]),
        ("sqlite3", ["rnncli.ledger"]),
        ("rich", ["rnncli.report"]),
        ("plotille", ["rnncli.report.charts"]),
        ("matplotlib", ["rnncli.report.figures", "rnncli.report.copies_picture"]),
        ("jinja2", ["rnncli.report.page.document"]),
        ("distributed", ["rnncli.runtime.dask_cluster"]),
        ("multiprocessing", ["rnncli.runtime.processes"]),
        ("typer", ["rnncli.cli"]),
        ("tomllib", ["rnncli.cli", "rnncli.prices.parsing.vocabulary.load"]),
    ],
)
def test_each_library_has_its_home(library, homes):
    """A library is imported where it belongs and nowhere else."""
    assert [module for module in importers(library) if not within(module, *homes)] == []


def test_random_generators_are_made_in_one_place():
    """So that one table tells which numbers seed what."""
    makers = ("default_rng(", "SeedSequence(", "RandomState(", "import random")
    homes = [m for m, path in MODULES.items() if any(one in path.read_text() for one in makers)]
    assert homes == ["rnncli.runtime.random_numbers"]


@pytest.mark.thorough
def test_reports_show_and_neither_compute_nor_read():
    """report/ imports Rich and result classes: no pandas, no numba, no readers, no settings."""
    for module, path in MODULES.items():
        if within(module, "rnncli.report"):
            forbidden = (
                "numba",
                "pandas",
                "typer",
                "pathlib",
                "rnncli.kernels",
                "rnncli.storage.atomic",
            )
            assert [name for name in imports_of(path) if within(name, *forbidden)] == []


@pytest.mark.thorough
def test_numbers_know_no_files():
    """The numeric packages get arrays and give arrays; progress goes out by a callback."""
    outside = (
        "rnncli.storage", "rnncli.prices.reader", "rnncli.prices.batches",
        "rnncli.prices.parsing.source",
    )  # fmt: skip
    for module, path in MODULES.items():
        if part_of(module) in {"transforms", "distributions", "network", "inference", "gradients"}:
            assert [name for name in imports_of(path) if within(name, *outside)] == [], module


@pytest.mark.thorough
def test_imports_have_no_circle():
    """The modules can be read in one order, each after those it builds on."""
    edges = {
        module: {name for name in imports_of(path) if name in MODULES and name != module}
        for module, path in MODULES.items()
    }
    packages = {module for module, path in MODULES.items() if path.name == "__init__.py"}
    for package in packages - {"rnncli.kernels"}:
        edges[package] = set()  # a package may import its parts: `cli` its `app`
    while edges:
        free = [module for module, needs in edges.items() if not needs & edges.keys()]
        assert free, f"a circle among {sorted(edges)}"
        for module in free:
            del edges[module]


def run(code):
    """What a fresh interpreter prints."""
    return finished([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout


@pytest.mark.parametrize("start", ["import rnncli.cli.app", "import rnncli", "import rnncli.cli"])
def test_nothing_heavy_is_loaded_at_the_start(start):
    """--help, --version and completion load neither numba nor pandas nor numpy nor Rich."""
    loaded = run(f"{start}, sys; print(*sys.modules)").split()
    assert {name.split(".")[0] for name in loaded} & HEAVY == set()


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["--version"], ["nope"]])
def test_help_and_errors_of_usage_load_nothing_heavy(arguments):
    """What is wrong or asked for before a command runs is reported without loading numpy."""
    code = f"import sys; from rnncli import cli; cli._run({arguments}); print('\\n', *sys.modules)"
    loaded = run(code).splitlines()[-1].split()
    assert {name.split(".")[0] for name in loaded} & (HEAVY - {"rich"}) == set()


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["--version"]])
def test_help_does_not_wait_for_the_checks_of_values(arguments):
    """Typer checks values with Pydantic, which takes longer to load than a help page to print."""
    code = f"import sys; from rnncli import cli; cli._run({arguments}); print('\\n', *sys.modules)"
    assert "pydantic" not in run(code).splitlines()[-1].split()


@pytest.mark.slow
@pytest.mark.thorough
def test_a_forecast_in_a_pipe_does_not_wait_for_tables(hand_made, prices):
    """Rich draws tables, plotille charts, matplotlib figures: each is loaded where one is drawn."""
    command = ["predict", str(hand_made), str(prices)]
    code = "import sys; from rnncli import cli; cli._run({}); print(*sys.modules)"
    loaded = run(code.format(command)).splitlines()[-1].split()
    assert {"rich", "plotille", "matplotlib"} & set(loaded) == set()
    loaded = run(code.format([*command, "--format", "table"])).splitlines()[-1].split()
    assert {"rich", "plotille", "matplotlib"} & set(loaded) == {"rich"}


PUBLIC = sorted(
    module
    for module, path in MODULES.items()
    if path.name == "__init__.py" and "__all__" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("package", PUBLIC)
def test_public_names_are_there(package):
    """Each is in `dir`, and none is that of a module, which would hide it once it is loaded."""
    loaded = importlib.import_module(package)
    assert sorted(loaded.__all__) == loaded.__all__
    for name in loaded.__all__:
        assert getattr(loaded, name) is not None
        assert name in dir(loaded)
        assert f"{package}.{name}" not in MODULES
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = loaded.nothing


def test_every_package_names_what_it_gives():
    """But for the parts of the parser, the command line and what is private."""
    packages = {module for module, path in MODULES.items() if path.name == "__init__.py"}
    inner = {name for name in packages if within(name, "rnncli.prices.parsing", "rnncli.cli")}
    assert packages - inner == set(PUBLIC)


def test_packages_load_nothing_heavy():
    """A name is imported when it is asked for, and what it needs with it."""
    light = [package for package in PUBLIC if package != "rnncli.kernels"]
    loaded = run(f"import {', '.join(light)}, sys; print(*sys.modules)").split()
    assert {name.split(".")[0] for name in loaded} & HEAVY == set()


@pytest.mark.thorough
def test_every_module_is_in_the_map_of_its_package():
    """The docstring of a package has a line for each module, and none for what is gone."""
    for package in PUBLIC:
        if package in {"rnncli", "rnncli.kernels", "rnncli.settings"}:
            continue
        text = ast.get_docstring(tree_of(MODULES[package]))
        lines = {line.split()[0].rstrip("/") for line in text.splitlines() if line[:4] == "    "}
        parts = {name.split(".")[-1] for name in MODULES if name.rpartition(".")[0] == package}
        assert lines == parts, package


@pytest.mark.thorough
def test_reading_prices_does_not_wait_for_numba():
    """inspect of prices loads pandas, and no compiler."""
    assert "numba" not in run("import rnncli.prices.reader, sys; print(*sys.modules)").split()


@pytest.mark.slow
def test_scoring_a_ledger_loads_no_compiler(tmp_path):
    """`score`, and the report of it, need neither Numba nor what only a large file needs."""
    prices = rising(30)
    record(str(tmp_path / "a.db"), [(SOURCE, forecast_of(prices.later(np.zeros(2, int))))])
    lines = [
        f"{str(date)[:10]},{symbol},{price}"
        for i, symbol in enumerate(prices.symbols)
        for date, price in zip(prices.dates_of(i), prices.series(i), strict=True)
    ]
    (tmp_path / "p.csv").write_text("\n".join(["date,symbol,close", *lines]), encoding="ascii")
    assert loaded_by("score", tmp_path / "a.db", tmp_path / "p.csv", "--format", "json") == set()
    assert loaded_by("score", tmp_path / "a.db", tmp_path / "p.csv", "--export", "csv") == set()


@pytest.mark.slow
def test_inspecting_prices_loads_no_compiler(prices):
    """Nor Rich, where the output has no table."""
    assert loaded_by("inspect", prices, "--format", "json") == set()
    assert loaded_by("inspect", prices, "--format", "table") == {"rich"}


@pytest.mark.slow
@pytest.mark.thorough
def test_a_short_command_does_not_load_masked_arrays(prices):
    """NumPy imports numpy.ma for `np.unique` without counts, which takes longer than the file."""
    code = f"import sys; from rnncli import cli; cli._run(['inspect', {str(prices)!r}])"
    assert "numpy.ma" not in run(f"{code}; print('\\n', *sys.modules)").splitlines()[-1].split()


def loaded_by(*arguments):
    """The heavy libraries but NumPy and SafeTensors that a whole command loads."""
    command = [str(argument) for argument in arguments]
    code = f"import sys; from rnncli import cli; cli._run({command}); print('\\n', *sys.modules)"
    loaded = run(code).splitlines()[-1].split()
    return {name.split(".")[0] for name in loaded} & (HEAVY - {"numpy", "safetensors"})


@pytest.mark.slow
@pytest.mark.thorough
def test_who_hands_out_work_does_not_wait_for_numba():
    """The process that only waits for others loads no compiler: they do."""
    assert "numba" not in run("import rnncli.training.per_symbol, sys; print(*sys.modules)").split()


RESULTS = (
    "evaluation.result", "forecasting.forecast", "distributions.quantile_forecast",
    "ledger.writer", "ledger.score", "report.forecasts", "report.evaluation", "report.score",
)  # fmt: skip


def test_results_do_not_wait_for_numba():
    """What was forecast or scored is recorded and shown without the compiler that computed it."""
    lines = [
        f"import rnncli.{name}; 'numba' in sys.modules and print({name!r})" for name in RESULTS
    ]
    assert run("\n".join(["import sys", *lines])) == ""


@pytest.mark.thorough
def test_only_the_network_knows_the_kinds_of_heads():
    """Whether a head has a distribution is asked of the head, and never told from its name."""
    for module, path in MODULES.items():
        if part_of(module) not in {"network", "distributions"}:
            for node in nodes_of(path):
                named = isinstance(node, ast.Attribute) and node.attr in {"head", "kind"}
                of_network = named and ast.unparse(node).endswith(
                    ("architecture.head", "head.kind")
                )
                assert not of_network, f"{module}: {ast.unparse(node)}"


@pytest.mark.thorough
def test_a_small_file_does_not_wait_for_pandas():
    """Prices of one symbol are read and checked without the parser of large files."""
    code = (
        "import io, sys; from rnncli.prices.summary import summarise;"
        "from rnncli.prices.reader import read_prices;"
        "from rnncli.settings import ReadSettings; text = io.BytesIO(b'close\\n1\\n2\\n');"
        "summarise(read_prices(['-'], ReadSettings(), text));"
        "print(*sys.modules)"
    )
    assert "pandas" not in run(code).split()


@pytest.mark.thorough
@pytest.mark.parametrize(
    "never",
    ["pickle", "joblib", "cloudpickle", "marshal", "shelve", "allow_pickle", "eval(", "exec(",
     "fastmath=True", "np.random.seed", "np.random.rand(", "parallel=True", "prange", "os.system",
     "shell=True", "TODO", "FIXME", "XXX"],
)  # fmt: skip
def test_some_things_never_occur(never):
    """No code out of data, no global random state, no unsafe arithmetic, no debts."""
    assert [str(path) for path in FILES if never in path.read_text(encoding="utf-8")] == []


@pytest.mark.thorough
def test_messages_name_settings_and_not_options():
    """Only the command line writes a setting as `--option`; commands to type may hold some."""
    written = re.compile(r"(?<![\w-])--[a-z]")
    for module, path in MODULES.items():
        if within(module, "rnncli.cli", "rnncli.report", "rnncli.settings"):
            continue
        strings = [n for n in nodes_of(path) if isinstance(n, ast.Constant)]
        docstrings = {id(n.value) for n in nodes_of(path) if isinstance(n, ast.Expr)}
        for node in strings:
            if isinstance(node.value, str) and id(node) not in docstrings:
                command = re.search(r"rnncli|train --|--resume", node.value)
                assert command or not written.search(node.value), f"{path}: {node.value}"


@pytest.mark.thorough
def test_nobody_prints():
    """Output leaves through report/ and cli/messages.py only: print is never called."""
    for path in FILES:
        for node in nodes_of(path):
            called = node.func if isinstance(node, ast.Call) else None
            assert not (isinstance(called, ast.Name) and called.id in {"print", "input"}), path


@pytest.mark.thorough
def test_every_module_says_what_it_holds():
    """The first line of a file is a sentence."""
    for path in FILES:
        said = ast.get_docstring(tree_of(path))
        assert said, path
        assert said.splitlines()[0][-1] in ".:;,?" or len(said.splitlines()) > 1, path


def identifiers():
    """Every name that the code defines or uses, and the names of its modules."""
    names = {part for module in MODULES for part in module.split(".")}
    for path in FILES:
        for node in nodes_of(path):
            for field in ("id", "arg", "attr", "name"):
                value = getattr(node, field, None)
                if isinstance(value, str):
                    names.add(value)
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                names.add(node.value)
    return names


@pytest.mark.thorough
def test_names_in_docstrings_exist():
    """What stands in backticks is a name of the code: a renamed one is renamed there as well."""
    known = identifiers()
    missing = []
    for path in FILES:
        for node in nodes_of(path):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                text = ast.get_docstring(node) or ""
                for name in re.findall(r"`([A-Za-z_]+(?:\.[A-Za-z_]+)*)`", text):
                    foreign = name.split(".")[0] in sys.stdlib_module_names or "AAPL" in name
                    if not (
                        foreign or (path.parent / name).exists() or set(name.split(".")) <= known
                    ):
                        missing.append(f"{path.relative_to(PACKAGE)}: {name}")
    assert missing == []


def commands():
    """Name and Click command of every command."""
    group = program()
    return sorted(group.commands.items())


def test_every_command_and_option_has_help():
    """Nothing can be typed that --help does not explain."""
    for name, command in commands():
        assert command.help, name
        for parameter in command.params:
            assert parameter.help, f"{name} {parameter.name}"
            assert parameter.help.endswith((".", ")")), f"{name} {parameter.name}"


def test_help_of_a_command_fits_the_list_of_commands():
    """The list in `rnncli --help` shows every sentence whole on 80 columns."""
    for name, command in commands():
        assert len(command.help) <= 66, name


def test_an_option_means_the_same_in_every_command():
    """One word, one meaning: an option of two commands has one type and one help."""
    seen = {}
    for name, command in commands():
        for parameter in command.params:
            if parameter.name in {
                "seed",  # of the training and the toy market
                "horizon", "inputs",  # of a network and of its forecasts
                "activation",  # of the network and unroll
                "output",  # the model of train, the result of the others
                "init",  # of cells that are drawn; of train, a model to go on from as well
                "compare",  # cells and their gradients; files and simulated series
                "model", "prices", "files", "ledger",  # arguments
            }:  # fmt: skip
                continue
            said = (parameter.opts, parameter.help)
            assert seen.setdefault(parameter.name, said) == said, f"{name} {parameter.name}"
