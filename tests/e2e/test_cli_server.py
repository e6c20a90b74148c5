"""`mesh --server URL`: the commands of a local mesh on one that is served."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.e2e.shell import Ended, mesh, process
from tests.serving import Serving, serving


@pytest.fixture(scope="module")
def server(built_by_command: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    from tests.integration.shop import copied

    with serving(copied(built_by_command, tmp_path_factory.mktemp("served") / "mesh")) as found:
        yield found


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("MESH_TOKEN", raising=False)
    return tmp_path


def login(home: Path, server: Serving, who: str = "ada") -> Ended:
    return process(home, "login", server.url, stdin=server.tokens[who] + "\n")


def test_commands_say_the_same_of_a_mesh_that_is_served(server: Serving, home: Path) -> None:
    assert "as person:ada" in login(home, server).out
    local = server.service.wiring.root
    for arguments in (
        ("query", "select id, amount from sales.orders.orders order by 1"),
        ("show",),
        ("show", "sales.orders"),
        ("history", "sales.orders"),
        ("lineage", "insight.report.spending.amount"),
        ("impact", "sales.orders.orders.amount", "--json"),
        ("incidents",),
        ("cost", "--json"),
    ):
        far, near = mesh(home, "--server", server.url, *arguments), mesh(local, *arguments)
        # where a source lies is told to those who have the files
        told = [line for line in near.out.splitlines() if not line.startswith("reads: ")]
        shown = [line for line in far.out.splitlines() if not line.startswith("reads: ")]
        assert (far.code, shown) == (near.code, told), (arguments, far.err)
    assert mesh(home, "--server", server.url, "health", "--json").json["products"]


def test_the_token_lies_in_a_file_of_ones_own(server: Serving, home: Path) -> None:
    login(home, server)
    file = home / "config" / "meshwright" / "tokens.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    refused = mesh(home, "--server", server.url, "show")
    assert refused.code == 4
    assert "tokens-readable-by-others" in refused.err
    file.chmod(0o600)
    assert "signed out" in mesh(home, "logout", server.url).out
    assert json.loads(file.read_text()) == {}
    assert mesh(home, "--server", server.url, "show").code == 4


def test_the_environment_names_server_and_token(server: Serving, home: Path) -> None:
    with patch.dict("os.environ", {"MESH_SERVER": server.url, "MESH_TOKEN": server.tokens["ada"]}):
        assert mesh(home, "query", "select 1 as one", "--json").code == 0


@pytest.mark.parametrize("token", ["", "mesh_wrong_token"])
def test_who_proves_nothing_is_told_how_to_sign_in(server: Serving, home: Path, token: str) -> None:
    with patch.dict("os.environ", {"MESH_TOKEN": token}):
        ended = mesh(home, "--server", server.url, "query", "select 1")
    assert (ended.code, f"next: mesh login {server.url}, or set MESH_TOKEN" in ended.err) == (
        4,
        True,
    )


def test_a_wrong_token_is_not_kept(server: Serving, home: Path) -> None:
    wrong = process(home, "login", server.url, stdin="nonsense\n")
    assert wrong.code == 4
    assert not (home / "config" / "meshwright" / "tokens.json").exists()


def test_one_signs_in_by_password_too(server: Serving, home: Path) -> None:
    from tests.serving import PASSWORD

    done = process(home, "login", server.url, "--name", "ada", stdin=PASSWORD + "\n")
    assert done.code == 0, done.err
    assert mesh(home, "--server", server.url, "show", "--json").json["products"]


def test_what_a_server_does_not_offer_says_so(server: Serving, home: Path) -> None:
    login(home, server)
    for command in (("run",), ("init",), ("ledger", "verify"), ("plan",)):
        ended = mesh(home, "--server", server.url, *command)
        assert ended.code == 2
        assert "server-verb-missing" in ended.err
    assert mesh(home, "--server", server.url, "--as", "person:gus", "show").code == 2
