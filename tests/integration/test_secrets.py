"""Secrets: found where they are kept, and nowhere else."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from meshwright.app.secrets import Secrets
from meshwright.errors import MeshwrightError, UnreachableError, UsageError
from meshwright.spi import plugins
from tests.e2e.shell import mesh, process
from tests.integration.shop import BAD_ORDERS, build, write_shop
from tests.listeners import web
from tests.meshes import change_yaml, set_silo, write_mesh

CANARY = "c4n4ry-s3cr3t-0f-the-hook"


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    return Secrets(tmp_path, plugins.load)


def test_references_are_filled_from_the_environment_and_from_files(
    secrets: Secrets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several in one text, and text around them as it is."""
    monkeypatch.setenv("ONE", "first")
    (tmp_path / "two.key").write_text("second\n")
    assert secrets.fill("a ${env:ONE} b ${file:two.key} $c ${D}") == "a first b second $c ${D}"


def test_a_secret_in_an_address_cannot_change_the_address(
    secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its signs are quoted; a whole address that is a secret stays one."""
    monkeypatch.setenv("ODD", "p@ss/w?rd")
    monkeypatch.setenv("WHOLE", "json://localhost/x?y=1")
    assert secrets.fill_url("json://u:${env:ODD}@h/") == "json://u:p%40ss%2Fw%3Frd@h/"
    assert secrets.fill_url("${env:WHOLE}") == "json://localhost/x?y=1"


def test_a_secret_that_is_not_there_is_said_with_what_to_type(secrets: Secrets) -> None:
    with pytest.raises(UnreachableError) as caught:
        secrets.fill("${env:NOT_SET_ANYWHERE}")
    assert caught.value.code == "secret-missing"
    assert caught.value.hint == "export NOT_SET_ANYWHERE=…"


def test_an_unknown_store_names_the_nearest(secrets: Secrets) -> None:
    with pytest.raises(UsageError) as caught:
        secrets.fill("${envv:X}")
    assert caught.value.code == "secret-store-unknown"
    assert caught.value.hint.startswith("did you mean `env`?")


def test_what_was_handed_out_is_hidden_in_texts_and_errors(
    secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole of it, its quoted form, and longer parts, as a parser would show them."""
    monkeypatch.setenv("CANARY", "left-part/right-part")
    secrets.fill("${env:CANARY}")
    assert secrets.hide("at left-part/right-part!") == "at ${env:CANARY}!"
    assert secrets.hide("left-part%2Fright-part") == "${env:CANARY}"
    assert "right-part" not in secrets.hide('near "right-part"')
    said = secrets.hidden(MeshwrightError("c", "left-part/right-part", hint="left-part", place="p"))
    assert (said.code, str(said), said.hint) == ("c", "p: ${env:CANARY}", "${env:CANARY}")


def every_byte(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.slow
def test_a_canary_in_a_notifier_that_fails_is_found_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in the state, the cache, the ledger, on stdout or stderr, with a traceback asked for or not."""
    monkeypatch.setenv("HOOK", CANARY)
    (tmp_path / "hook.key").write_text(CANARY + "-file\n")
    folder = write_shop(tmp_path / "mesh")
    with web(status=401) as heard:
        place = f"127.0.0.1:{heard.port}"
        notifiers = {
            "refusing": f"json://user:${{env:HOOK}}@{place}/${{env:HOOK}}",
            "from_file": f"form://{place}/${{file:../hook.key}}",
            "nowhere": "json://127.0.0.1:9/${env:HOOK}",
            "no_such": "nosuchservice://${env:HOOK}",
            "whole": "${env:HOOK}",
            "mail": "mailto://${env:HOOK}:${env:HOOK}@127.0.0.1:9?to=a@example.com",
            "disk": "file:/proc/${env:HOOK}/x",
            "unset": "json://127.0.0.1:9/${env:NOT_SET_ANYWHERE}",
        }
        said = {"notifiers": notifiers, "default": list(notifiers)}
        change_yaml(folder / "mesh.yaml", lambda mesh: mesh.update(alerts=said))
        ended = [process(folder, "run")]
        set_silo(folder, "sales.orders.raw", BAD_ORDERS)
        ended += [
            process(folder, *arguments)
            for arguments in (
                ("run",),
                ("observe", "--once", "--json"),
                ("--debug", "observe", "--once"),
                ("alerts", "--json"),
                ("ledger", "list", "--limit", "0", "--json"),
                ("check",),
                *(("alerts", "test", name) for name in notifiers),
                ("--debug", "alerts", "test", "refusing"),
            )
        ]
        assert {f"/{CANARY}", f"/{CANARY}-file"} <= set(heard.paths), (
            "they do reach whom they are for"
        )
    statuses = {alert["status"] for alert in mesh(folder, "alerts", "--json").json["alerts"]}
    assert statuses == {"failed"}
    assert all(CANARY not in one.out + one.err for one in ended)
    assert CANARY.encode() not in every_byte(folder)


def test_a_secret_that_is_written_out_is_refused_and_copied_nowhere(tmp_path: Path) -> None:
    """Neither shown, nor kept in the cache of what was read."""
    folder = write_shop(tmp_path / "mesh")
    said = {"notifiers": {"hook": f"json://user:{CANARY}@localhost/"}, "default": ["hook"]}
    change_yaml(folder / "mesh.yaml", lambda mesh: mesh.update(alerts=said))
    for arguments in (("run",), ("check", "--json"), ("check",)):
        ended = process(folder, *arguments)
        assert ended.code != 0
        assert CANARY not in ended.out + ended.err
        assert "secret-in-file" in ended.out + ended.err
    assert CANARY.encode() not in every_byte(folder / ".mesh")


def write_guarded(folder: Path, query: str) -> Path:
    """Write a mesh whose source needs a secret."""
    write_mesh(folder, {"sales": {"keys": {
        "inputs": {"raw": {"sqlite": "../../../keys.db", "query": query}},
        "ports": {"keys": "select id from raw"},
    }}})  # fmt: skip
    with sqlite3.connect(folder / "keys.db") as database:
        database.execute("CREATE TABLE items (id INTEGER, key TEXT)")
        database.execute("INSERT INTO items VALUES (1, ?), (2, 'other')", (CANARY,))
    database.close()
    return folder


def test_a_source_gets_the_secrets_that_its_options_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what a build leaves behind has the reference, never what it stands for."""
    monkeypatch.setenv("KEY", CANARY)
    folder = write_guarded(tmp_path / "mesh", "select id from items where key = '${env:KEY}'")
    assert build(folder)["sales.keys"].status == "published"
    assert build(folder)["sales.keys"].status == "up_to_date"
    assert CANARY.encode() not in every_byte(folder / ".mesh")
    assert mesh(
        folder, "query", "select * from sales.keys.keys", "--format", "csv"
    ).out.split() == [
        "id",
        "1",
    ]


@pytest.mark.parametrize(
    "query",
    [
        "select id from items where key = '${env:KEY}' and ${env:KEY}",
        "select ${env:KEY} from items",
        "select id from ${env:KEY}",
        "${env:KEY}",
    ],
)
def test_a_source_that_fails_tells_no_secret(
    query: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the database quotes what it could not read."""
    monkeypatch.setenv("KEY", CANARY)
    folder = write_guarded(tmp_path / "mesh", query)
    ended = [process(folder, "run"), process(folder, "run", "--json"), process(folder, "plan")]
    assert ended[0].code != 0
    parts = [CANARY, "c4n4ry", "s3cr3t"]
    assert not any(part in one.out + one.err for one in ended for part in parts)
    assert CANARY.encode() not in every_byte(folder / ".mesh")


def test_a_source_whose_secret_is_missing_says_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KEY", raising=False)
    folder = write_guarded(tmp_path / "mesh", "select id from items where key = '${env:KEY}'")
    result: Any = build(folder)["sales.keys"]
    assert (result.status, result.error_code) == ("failed", "secret-missing")
    assert "${env:KEY}" in result.error


def test_check_tells_of_a_secret_store_that_is_not_installed(tmp_path: Path) -> None:
    """Without looking any secret up."""
    folder = write_shop(tmp_path / "mesh")
    said = {"notifiers": {"hook": "json://localhost/${vautl:x}/${env:NOT_SET_ANYWHERE}"}}
    change_yaml(folder / "mesh.yaml", lambda mesh: mesh.update(alerts=said))
    ended = mesh(folder, "check", "--json")
    assert ended.code != 0
    assert [p["code"] for p in ended.json["problems"] if p["severity"] == "error"] == [
        "secret-store-unknown"
    ]
