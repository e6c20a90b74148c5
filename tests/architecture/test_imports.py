"""What must not be imported, proven in a fresh interpreter."""

import subprocess
import sys

HEAVY = (
    "duckdb",
    "sqlglot",
    "deltalake",
    "pyarrow",
    "pandas",
    "numpy",
    "yaml",
    "rich",
    "yoyo",
    "apprise",
    "requests",
)


def modules_after(statement: str) -> set[str]:
    """Run a statement in a fresh interpreter and return the top-level modules it left loaded."""
    code = f"{statement}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_meshwright_loads_no_heavy_library() -> None:
    """The root module is light."""
    assert not modules_after("import meshwright") & set(HEAVY)


def test_the_help_page_loads_no_heavy_library() -> None:
    """`mesh --help` answers at once because it imports no command."""
    statement = (
        "from click.testing import CliRunner; from meshwright.cli.main import cli;"
        "assert CliRunner().invoke(cli, ['--help']).exit_code == 0"
    )
    assert not modules_after(statement) & set(HEAVY)


def test_model_spi_and_errors_load_the_standard_library_only() -> None:
    """The low floors depend on nothing that can be uninstalled."""
    statement = (
        "import pkgutil, importlib, meshwright.model, meshwright.spi, meshwright.errors\n"
        "for package in (meshwright.model, meshwright.spi):\n"
        "    for module in pkgutil.iter_modules(package.__path__, package.__name__ + '.'):\n"
        "        importlib.import_module(module.name)"
    )
    loaded = modules_after(statement) - set(sys.stdlib_module_names)
    assert {name for name in loaded if not name.startswith("_")} <= {"meshwright", "sitecustomize"}


def test_listing_adapters_imports_none_of_them() -> None:
    """Names come from entry points; loading one adapter loads that one."""
    statement = (
        "from meshwright.spi import plugins\n"
        "assert 'duckdb' in plugins.names('engines')\n"
        "import sys\n"
        "assert not any(name.startswith('meshwright.adapters.') for name in sys.modules)"
    )
    assert not modules_after(statement) & set(HEAVY)


def test_a_run_that_builds_nothing_watches_nothing() -> None:
    """Neither what judges series nor a detector is imported before something is built."""
    code = (
        "import meshwright.app.run, meshwright.app.plan, sys\n"
        "print(*(n for n in sys.modules if n == 'meshwright.app.watch'"
        " or n.startswith('meshwright.observe.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_build_loads_no_arrow_of_its_own() -> None:
    """The engine and the table store are light; only reading foreign rows brings pyarrow, 60 MB of it."""
    statement = "import meshwright.adapters.duckdb, meshwright.adapters.delta, meshwright.app.build"
    loaded = modules_after(statement)
    assert "pyarrow" not in loaded, "see which adapter imports it on top"


def test_who_subscribed_to_nothing_pays_nothing() -> None:
    """Telling of incidents reads no contract, and so no YAML."""
    assert "yaml" not in modules_after("import meshwright.app.alerts")
    code = (
        "import meshwright.app.alerts, sys\n"
        "print(*(n for n in sys.modules if n in ('meshwright.app.changes', 'meshwright.app.contracts')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_server_loads_the_protocol_of_agents_at_the_first_request_alone() -> None:
    """It takes a second; whoever serves no agent does not wait for it."""
    loaded = modules_after("import meshwright.serve.api.application, meshwright.serve.starting")
    assert not loaded & {"mcp", "pydantic", "IPython"}
