"""How a port is read from each tool: text to copy, with the real address, host and ports of a server."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from meshwright.model.address import Address


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mesh is served, and as whom somebody asks. Ports are None where a door is shut."""

    url: str
    mesh: str
    user: str
    sql_port: int | None = None
    flight_port: int | None = None
    purpose: str = ""

    @property
    def host(self) -> str:
        """Return the machine's name, as whoever looks at the page reaches it."""
        return urlsplit(self.url).hostname or "127.0.0.1"

    @property
    def is_secure(self) -> bool:
        """Say whether it is served over TLS."""
        return self.url.startswith("https:")


@dataclass(frozen=True, slots=True)
class Snippet:
    """How one tool reads a port."""

    key: str
    title: str
    text: str


def snippets_of(address: Address, place: Place) -> tuple[Snippet, ...]:
    """Return one snippet a tool; those of a door that is shut are left out."""
    return tuple(
        Snippet(key, title, make(str(address), place))
        for key, (title, make) in _TOOLS.items()
        if key != "psql" or place.sql_port is not None
    )


def _purpose(place: Place) -> str:
    return f', purpose="{place.purpose}"' if place.purpose else ""


def _mesh(address: str, place: Place) -> str:
    purpose = f' --purpose "{place.purpose}"' if place.purpose else ""
    return f'mesh --server {place.url} query{purpose} "SELECT * FROM {address} LIMIT 10"'


def _sql(address: str, _: Place) -> str:
    return f"SELECT *\nFROM {address}\nLIMIT 10"


def _psql(address: str, place: Place) -> str:
    tls = " sslmode=require" if place.is_secure else ""
    purpose = f"\n  options='-c meshwright.purpose={_word(place.purpose)}'" if place.purpose else ""
    return (
        f'PGPASSWORD=$MESH_TOKEN psql "host={place.host} port={place.sql_port} dbname={place.mesh}'
        f' user={place.user}{tls}{purpose}" \\\n  -c "SELECT * FROM {address} LIMIT 10"'
    )


def _word(purpose: str) -> str:
    return purpose.replace("\\", "\\\\").replace(" ", "\\ ")


def _connect(place: Place) -> str:
    return (
        "import os\nimport meshwright\n\n"
        f'mesh = meshwright.connect("{place.url}", os.environ["MESH_TOKEN"]{_purpose(place)})\n'
    )


def _python(address: str, place: Place) -> str:
    return (
        f'{_connect(place)}rows = mesh.query("SELECT * FROM {address} LIMIT 10")\n'
        "print(rows.to_pylist())"
    )


def _pandas(address: str, place: Place) -> str:
    return f'{_connect(place)}frame = mesh.read("{address}").to_pandas()'


def _polars(address: str, place: Place) -> str:
    return f'{_connect(place)}frame = mesh.read("{address}").to_polars()'


def _duckdb(address: str, place: Place) -> str:
    name = address.rpartition(".")[2]
    return (
        f"{_connect(place).replace('import meshwright', 'import duckdb, meshwright')}"
        f'{name} = mesh.read("{address}").to_arrow()\n'
        f'duckdb.sql("SELECT count(*) FROM {name}").show()'
    )


def _r(address: str, place: Place) -> str:
    return (
        "library(arrow)\n"
        f'answer <- httr2::request("{place.url}/api/v1/ports/{address}/rows") |>\n'
        '  httr2::req_auth_bearer_token(Sys.getenv("MESH_TOKEN")) |>\n'
        '  httr2::req_headers(Accept = "application/vnd.apache.arrow.stream") |>\n'
        "  httr2::req_perform()\n"
        "frame <- read_ipc_stream(httr2::resp_body_raw(answer))"
    )


def _curl(address: str, place: Place) -> str:
    return (
        f'curl -s "{place.url}/api/v1/ports/{address}/rows?limit=10&format=csv" \\\n'
        '  -H "Authorization: Bearer $MESH_TOKEN"'
    )


_TOOLS: Mapping[str, tuple[str, Callable[[str, Place], str]]] = {
    "sql": ("SQL", _sql),
    "mesh": ("Terminal", _mesh),
    "python": ("Python", _python),
    "pandas": ("pandas", _pandas),
    "polars": ("Polars", _polars),
    "psql": ("psql", _psql),
    "duckdb": ("DuckDB", _duckdb),
    "r": ("R", _r),
    "curl": ("curl", _curl),
}
