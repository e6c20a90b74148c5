"""Who there is, and how they prove it, on a real mesh."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

import pytest

import meshwright
from meshwright.app.asking import as_principal, for_proven
from meshwright.app.identity import proving, teams, tokens, users
from meshwright.app.identity.first import ensure_administrator
from meshwright.app.identity.principals import find_principal, members_of
from meshwright.app.mesh import Mesh
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError, DescriptorError, RefusedError, UsageError
from meshwright.identity import scram
from meshwright.model.principal import Principal

PASSWORD = "correct horse battery"


@pytest.fixture
def wiring(shop: Path) -> Iterator[Wiring]:
    with meshwright.open(shop) as mesh:
        yield mesh.wiring


def found(wiring: Wiring, name: str) -> Principal | None:
    with wiring.store.read() as reader:
        return find_principal(wiring, reader, name)


def kinds(wiring: Wiring, *chosen: str) -> list[str]:
    return [entry.kind for entry in wiring.ledger.newest(100, chosen)]


def test_an_owner_in_a_descriptor_is_known_and_in_the_team_of_the_domain(wiring: Wiring) -> None:
    owner = found(wiring, "person:sales@example.com")
    assert owner is not None
    assert owner.teams == ("team:sales",)
    assert found(wiring, "sales@example.com") == owner


def test_products_and_teams_of_domains_are_known(wiring: Wiring) -> None:
    product = found(wiring, "product:insight.report")
    assert product is not None
    assert product.teams == ("team:insight",)
    assert found(wiring, "team:sales") is not None
    for unknown in (
        "product:insight.nothing",
        "product:insight.report.names",
        "team:nobody",
        "x y",
        "",
    ):
        assert found(wiring, unknown) is None


def test_a_user_is_added_changed_and_removed(wiring: Wiring) -> None:
    added = users.add_user(
        wiring, "ada@example.com", title="Ada", roles=["auditor"], attributes={"country": "IT"}
    )
    assert added == found(wiring, "person:ada@example.com")
    assert (added.roles, dict(added.attributes), added.title) == (
        ("auditor",),
        {"country": "IT"},
        "Ada",
    )
    assert users.set_roles(wiring, "ada@example.com", add=["governance"]) == (
        "governance",
        "auditor",
    )
    users.remove_user(wiring, "ada@example.com")
    assert found(wiring, "ada@example.com") is None
    assert kinds(wiring, "PrincipalAdded", "PrincipalRemoved") == [
        "PrincipalAdded", "PrincipalAdded", "PrincipalRemoved",
    ]  # fmt: skip


def test_a_name_is_taken_once_whatever_the_case_of_its_letters(wiring: Wiring) -> None:
    users.add_user(wiring, "ada@example.com")
    for name, code in (
        ("ada@example.com", "principal-known"),
        ("Ada@example.com", "principal-alike"),
    ):
        with pytest.raises(UsageError) as refused:
            users.add_user(wiring, name)
        assert refused.value.code == code


def test_who_was_removed_stays_unknown_though_a_file_names_them(wiring: Wiring) -> None:
    users.remove_user(wiring, "sales@example.com")
    assert found(wiring, "person:sales@example.com") is None
    assert "person:sales@example.com" not in {
        one.principal.name for one in users.list_users(wiring)
    }


def test_teams_are_made_and_filled_and_ended(wiring: Wiring) -> None:
    users.add_user(wiring, "ada@example.com")
    made = teams.add_team(wiring, "fleet", "ada@example.com", title="The fleet")
    assert made.members == ("person:ada@example.com",)
    ada = found(wiring, "ada@example.com")
    assert ada is not None
    assert ada.teams == ("team:fleet",)
    assert teams.remove_members(wiring, "fleet", "ada@example.com").members == ()
    teams.add_team(wiring, "fleet", "ada@example.com")
    teams.remove_team(wiring, "fleet")
    ada = found(wiring, "ada@example.com")
    assert ada is not None
    assert ada.teams == ()
    with pytest.raises(UsageError) as refused:
        teams.remove_team(wiring, "sales")
    assert refused.value.code == "team-of-a-domain"


def test_a_domain_s_team_takes_others_in(wiring: Wiring) -> None:
    users.add_user(wiring, "ada@example.com")
    teams.add_team(wiring, "sales", "ada@example.com")
    with wiring.store.read() as reader:
        names = [one.name for one in members_of(wiring, reader, "team:sales")]
    assert names == ["person:ada@example.com", "person:sales@example.com"]
    with pytest.raises(UsageError) as refused:
        teams.remove_members(wiring, "sales", "sales@example.com")
    assert refused.value.code == "member-by-file"


def test_no_administrator_puts_anybody_into_the_team_of_a_domain(wiring: Wiring) -> None:
    users.add_user(wiring, "root@example.com", roles=["administrator"])
    acting = as_principal(wiring, "root@example.com")
    teams.add_team(acting, "fleet", "root@example.com")
    with pytest.raises(DeniedError) as refused:
        teams.add_team(acting, "sales", "root@example.com")
    assert refused.value.code == "not-in-the-team"
    teams.add_team(as_principal(wiring, "sales@example.com"), "sales", "root@example.com")


def test_the_first_administrator_is_made_once(wiring: Wiring) -> None:
    first = ensure_administrator(wiring)
    assert first is not None
    assert first.name == "person:admin"
    assert first.password in "\n".join(first.lines)
    assert first.password not in repr(first)
    assert ensure_administrator(wiring) is None
    proven = proving.by_password(wiring, "admin", first.password)
    assert proven.principal.roles == ("administrator",)


def test_the_last_administrator_stays(wiring: Wiring) -> None:
    ensure_administrator(wiring)
    for end in (
        lambda: users.remove_user(wiring, "admin"),
        lambda: users.set_roles(wiring, "admin", remove=["administrator"]),
    ):
        with pytest.raises(RefusedError) as refused:
            end()
        assert refused.value.code == "last-administrator"
    users.add_user(wiring, "ada@example.com", roles=["administrator"])
    users.remove_user(wiring, "admin")
    assert ensure_administrator(wiring) is None


def test_a_password_proves_a_person(wiring: Wiring) -> None:
    users.add_user(wiring, "ada@example.com", password=PASSWORD)
    assert (
        proving.by_password(wiring, "ada@example.com", PASSWORD).principal.name
        == "person:ada@example.com"
    )
    users.set_password(wiring, "ada@example.com", "another long one")
    with pytest.raises(DeniedError):
        proving.by_password(wiring, "ada@example.com", PASSWORD)
    assert kinds(wiring, "PasswordChanged") == ["PasswordChanged"] * 2


def test_a_refusal_says_the_same_of_who_is_there_and_who_is_not(wiring: Wiring) -> None:
    users.add_user(wiring, "ada@example.com", password=PASSWORD)
    said = set()
    for name in ("ada@example.com", "nobody@example.com", "a\nb", "x" * 100_000, ""):
        with pytest.raises(DeniedError) as refused:
            proving.by_password(wiring, name, "wrong")
        said.add((refused.value.code, str(refused.value)))
    assert len(said) == 1


def test_too_many_wrong_passwords_make_a_name_wait_even_for_the_right_one(wiring: Wiring) -> None:
    users.add_user(wiring, "ada@example.com", password=PASSWORD)
    codes = []
    for password in [*["wrong"] * 5, PASSWORD]:
        with pytest.raises(DeniedError) as refused:
            proving.by_password(wiring, "person:ada@example.com", password)
        codes.append(refused.value.code)
    assert codes == ["sign-in-refused"] * 5 + ["sign-in-throttled"]


def test_a_token_proves_its_principal(wiring: Wiring) -> None:
    users.add_user(wiring, "service:bi")
    issued = tokens.issue_token(wiring, "service:bi", scopes=["query"], purpose="reporting")
    proven = proving.by_token(wiring, issued.text, "query")
    assert (proven.principal.name, proven.token, proven.purpose) == (
        "service:bi",
        issued.token,
        "reporting",
    )
    with pytest.raises(DeniedError) as refused:
        proving.by_token(wiring, issued.text, "admin")
    assert refused.value.code == "token-scope"


def test_the_text_of_a_token_is_kept_nowhere(wiring: Wiring) -> None:
    users.add_user(wiring, "service:bi")
    issued = tokens.issue_token(wiring, "service:bi")
    secret = issued.text.rpartition("_")[2].encode()
    for file in wiring.root.rglob("*"):
        if file.is_file():
            assert secret not in file.read_bytes(), file


def test_an_expired_a_revoked_and_a_leaver_s_token_open_nothing(wiring: Wiring) -> None:
    users.add_user(wiring, "service:bi")
    expiring, revoked, left = (tokens.issue_token(wiring, "service:bi", days=1) for _ in range(3))
    tokens.revoke_token(wiring, revoked.token)
    assert _code(wiring, revoked.text) == "token-invalid"
    now, wiring.now = wiring.now, lambda: datetime.now(UTC) + timedelta(days=2)
    assert _code(wiring, expiring.text) == "token-expired"
    wiring.now = now
    assert proving.by_token(wiring, left.text).token == left.token
    users.remove_user(wiring, "service:bi")
    assert _code(wiring, left.text) == "token-invalid"
    users.add_user(wiring, "service:bi")
    assert _code(wiring, left.text) == "token-invalid"
    assert proving.scram_verifier(wiring, "service:bi") is None


def _code(wiring: Wiring, text: str) -> str:
    with pytest.raises(DeniedError) as refused:
        proving.by_token(wiring, text)
    return refused.value.code


def test_the_id_of_a_token_opens_nothing(wiring: Wiring) -> None:
    users.add_user(wiring, "service:bi")
    issued = tokens.issue_token(wiring, "service:bi")
    other = tokens.issue_token(wiring, "service:bi")
    forged = f"mesh_{issued.token}_{other.text.partition('_')[2].partition('_')[2]}"
    for text in (
        issued.token,
        f"mesh_{issued.token}_",
        forged,
        issued.text + "x",
        issued.text[:-1],
        "",
        "é",
    ):
        assert _code(wiring, text) == "token-invalid"


def test_a_sql_client_signs_in_by_a_token(wiring: Wiring) -> None:
    users.add_user(wiring, "ada@example.com")
    older = tokens.issue_token(wiring, "ada@example.com")
    newest = tokens.issue_token(wiring, "ada@example.com", scopes=["query"])
    tokens.issue_token(wiring, "ada@example.com", scopes=["trail"])
    for login, issued in (
        ("ada@example.com", newest),
        ("person:ada@example.com", newest),
        (f"ada@example.com/{older.token}", older),
    ):
        found = proving.scram_verifier(wiring, login)
        assert found is not None
        verifier = scram.parse_verifier(found[0])
        assert verifier is not None
        assert found[1].token == issued.token
        assert scram.make_verifier(issued.text, verifier.salt) == verifier
    for login in (
        "nobody",
        "ada@example.com/nothing",
        "ada@example.com/" + "a" * 12,
        "x" * 10**6,
        "",
        "/",
    ):
        assert proving.scram_verifier(wiring, login) is None
        assert scram.parse_verifier(proving.decoy_verifier(login)) is not None


def test_a_principal_gives_itself_tokens_with_no_more_than_it_came_with(wiring: Wiring) -> None:
    users.add_user(wiring, "ada@example.com")
    first = tokens.issue_token(wiring, "ada@example.com", scopes=["query", "trail"])
    proven = proving.by_token(wiring, first.text)
    from meshwright.app.identity.managing import Manager

    ada = Manager.of(for_proven(wiring, proven), proven.scopes)
    acting = for_proven(wiring, proven)
    assert tokens.issue_token(acting, manager=ada).scopes == ("query", "trail")
    assert tokens.issue_token(acting, manager=ada, scopes=["query"]).scopes == ("query",)
    with pytest.raises(DeniedError) as refused:
        tokens.issue_token(acting, manager=ada, scopes=["query", "admin"])
    assert refused.value.code == "scope-beyond"
    with pytest.raises(DeniedError):
        tokens.issue_token(acting, "sales@example.com", manager=ada)


def test_no_administrator_makes_a_token_to_read_as_another_person(wiring: Wiring) -> None:
    users.add_user(wiring, "root@example.com", roles=["administrator"])
    users.add_user(wiring, "service:bi")
    acting = as_principal(wiring, "root@example.com")
    assert tokens.issue_token(acting, "service:bi").principal == "service:bi"
    with pytest.raises(DeniedError) as refused:
        tokens.issue_token(acting, "sales@example.com")
    assert refused.value.code == "token-of-a-person"


def test_nobody_else_s_token_is_revoked_or_listed(wiring: Wiring) -> None:
    users.add_user(wiring, "ada@example.com")
    issued = tokens.issue_token(wiring, "sales@example.com")
    acting = as_principal(wiring, "ada@example.com")
    with pytest.raises(UsageError):
        tokens.revoke_token(acting, issued.token)
    with pytest.raises(DeniedError):
        tokens.list_tokens(acting, "sales@example.com")
    assert tokens.list_tokens(acting) == ()
    assert [line.token for line in tokens.list_tokens(wiring)] == [issued.token]
    assert proving.by_token(wiring, issued.text)


def test_only_administrators_manage_others(wiring: Wiring) -> None:
    users.add_user(wiring, "ada@example.com")
    acting = as_principal(wiring, "ada@example.com")
    for act in (
        lambda: users.add_user(acting, "eve@example.com"),
        lambda: users.remove_user(acting, "sales@example.com"),
        lambda: users.set_roles(acting, "ada@example.com", add=["administrator"]),
        lambda: users.set_password(acting, "sales@example.com", PASSWORD),
        lambda: teams.add_team(acting, "eves"),
        lambda: teams.add_team(acting, "sales", "ada@example.com"),
    ):
        with pytest.raises(DeniedError):
            act()
    assert users.set_password(acting, "", PASSWORD) == "person:ada@example.com"


def test_refused_sign_ins_are_facts_but_never_a_flood(wiring: Wiring) -> None:
    for number in range(300):
        proving.refused(wiring, f"name\n{number}", "http", "sign-in-refused")
        proving.refused(wiring, "ada", "http", "sign-in-refused")
    entries = wiring.ledger.newest(1000, ["SignInRefused"])
    assert 5 < len(entries) <= 102
    assert all("\\n" not in entry.payload for entry in entries)
    assert sum('"name":"ada"' in entry.payload for entry in entries) <= 6


def test_secrets_survive_a_rebuild_and_the_ledger_still_verifies(wiring: Wiring) -> None:
    users.add_user(wiring, "ada@example.com", password=PASSWORD)
    issued = tokens.issue_token(wiring, "ada@example.com")
    users.remove_user(wiring, "sales@example.com")
    mesh = Mesh(wiring)
    assert mesh.ledger_verify()["problems"] == []
    mesh.ledger_rebuild()
    assert mesh.ledger_verify()["problems"] == []
    assert proving.by_token(wiring, issued.text)
    assert proving.by_password(wiring, "ada@example.com", PASSWORD)
    assert found(wiring, "sales@example.com") is None


def _with_groups(folder: Path, text: str | None) -> None:
    mesh_file = folder / "mesh.yaml"
    if "identity" not in mesh_file.read_text():
        mesh_file.write_text(mesh_file.read_text() + "identity: {groups: groups.yaml}\n")
    if text is not None:
        (folder / "groups.yaml").write_text(text)


def said(mesh: Mesh) -> list[str]:
    """Return what is wrong with the file of groups, or where it is named."""
    files = ("groups.yaml", "mesh.yaml")
    return [problem.code for problem in mesh.check() if problem.place.file in files]


def test_a_file_says_who_is_in_a_team(shop: Path) -> None:
    _with_groups(shop, "analysts: [ada@example.com, service:bi]\nsales: [ada@example.com]\n")
    with meshwright.open(shop) as mesh:
        assert said(mesh) == []
        ada = found(mesh.wiring, "ada@example.com")
        assert ada is not None
        assert ada.teams == ("team:analysts", "team:sales")
        assert found(mesh.wiring, "service:bi") is not None
        assert found(mesh.wiring, "team:analysts") is not None
        users.remove_user(mesh.wiring, "ada@example.com")
        assert found(mesh.wiring, "ada@example.com") is None
        _with_groups(shop, "analysts: []\n")
        mesh.wiring.look_again()
        assert found(mesh.wiring, "service:bi") is None


@pytest.mark.parametrize(
    "text",
    [None, "analysts: ada", "analysts: ['a b']", "analysts: [robot:x]", "analysts: [", "- x"],
)
def test_a_broken_file_of_groups_is_named_and_lets_nobody_in(shop: Path, text: str | None) -> None:
    """A team less may be a denial less: nothing is decided on half of what was said."""
    _with_groups(shop, text)
    with meshwright.open(shop) as mesh:
        assert said(mesh)
        with pytest.raises(DescriptorError):
            found(mesh.wiring, "sales@example.com")
        assert len(mesh.read("sales.orders.orders")) == 3  # the owner of the files still reads


def test_a_member_named_twice_is_told(shop: Path) -> None:
    _with_groups(shop, "analysts: [ada@example.com, ada@example.com]\n")
    with meshwright.open(shop) as mesh:
        assert said(mesh) == ["member-duplicate"]
        assert found(mesh.wiring, "ada@example.com") is not None


def test_asking_for_nobody_takes_as_long_as_for_somebody(wiring: Wiring) -> None:
    """A time that differs would tell which names there are."""
    users.add_user(wiring, "ada@example.com", password=PASSWORD)
    users.add_user(wiring, "without@example.com")
    proving.by_password(wiring, "ada@example.com", PASSWORD)
    spent = {}
    for name in ("ada@example.com", "without@example.com", "nobody@example.com", "not a name"):
        with pytest.raises(DeniedError):
            proving.by_password(wiring, name, "wrong")  # what is made once is made
        started = process_time()
        with pytest.raises(DeniedError):
            proving.by_password(wiring, name, "wrong")
        spent[name] = process_time() - started
    assert max(spent.values()) < 3 * min(spent.values()), spent


def test_a_last_use_is_kept_and_not_at_every_use(wiring: Wiring) -> None:
    users.add_user(wiring, "service:bi")
    issued = tokens.issue_token(wiring, "service:bi")
    assert tokens.list_tokens(wiring)[0].used == ""
    proving.by_token(wiring, issued.text)
    used = tokens.list_tokens(wiring)[0].used
    proving.by_token(wiring, issued.text)
    assert tokens.list_tokens(wiring)[0].used == used != ""


@pytest.mark.parametrize(
    "name", ["a\x00b", "a\r\nSet-Cookie: x", "\u202egnp.exe", "x" * 10**6, "'; drop table facts"]
)
def test_hostile_names_are_kept_from_every_record(wiring: Wiring, name: str) -> None:
    for act in (
        lambda: users.add_user(wiring, name),
        lambda: users.remove_user(wiring, name),
        lambda: teams.add_team(wiring, name),
        lambda: tokens.issue_token(wiring, name),
    ):
        with pytest.raises(UsageError) as refused:
            act()
        assert str(refused.value).isprintable()
        assert len(str(refused.value)) < 200
    proving.refused(wiring, name, "sql", "sign-in-refused")
    (entry,) = wiring.ledger.newest(1, ["SignInRefused"])
    said = json.loads(entry.payload)["name"]
    assert said.isprintable()
    assert len(said) <= 64
    titled = users.add_user(wiring, "ada@example.com", title=name).title
    assert titled.isprintable()
