"""The trail reads as a story: who did what, to what, what for, and what came of it."""

from dataclasses import replace

import pytest

from meshwright.app.trail.line import TrailLine
from meshwright.app.trail.sentences import sentence
from meshwright.cli import trails

ANA, ELENA, PORT = "person:ana@example.com", "person:elena@example.com", "crm.people.people"
READ = TrailLine(
    1, "2027-03-02T09:12:01+00:00", "query", "QueryRan", ANA, door="sql", purpose="churn",
    addresses=(f"{PORT}@4",), masked=(f"{PORT}.email",), policies=("grant:g-1", "default"),
    rows=1, seconds=0.021,
)  # fmt: skip


def line(kind: str, fact: str, **more: str) -> TrailLine:
    return TrailLine(1, READ.at, kind, fact, ANA, **more)  # type: ignore[arg-type]


def test_a_query_tells_rows_columns_and_policies() -> None:
    assert sentence(READ) == (
        f'ana@example.com read {PORT}@4 for "churn": 1 row in 21 ms, email masked [grant:g-1]'
    )


def test_many_columns_and_policies_are_counted() -> None:
    many = replace(
        READ,
        masked=tuple(f"{PORT}.{name}" for name in "abc"),
        raw=(f"{PORT}.email",),
        policies=("grant:g-1", "federation/a", "federation/b", "federation/c"),
    )
    told = sentence(many)
    assert "email raw, 3 columns masked [grant:g-1, federation/a, 2 more]" in told


def test_a_refusal_names_its_error() -> None:
    refused = replace(READ, error="access-denied", rows=None, policies=("default",))
    assert sentence(refused) == (f'ana@example.com was refused {PORT}@4 for "churn": access-denied')


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            line("approval", "RequestApproved", id="req-1", by=ELENA, note="level 1"),
            "elena@example.com approved req-1 of ana@example.com (level 1)",
        ),
        (
            line("grant", "AccessGranted", id="g-1", by=ELENA, on_behalf_of="person:root"),
            "elena@example.com granted g-1 to ana@example.com · by root",
        ),
        (
            line("acting", "ActedAs", by="person:root", note="whoami"),
            "root acted as ana@example.com: whoami",
        ),
        (
            line("identity", "PrincipalAdded", note="known, auditor"),
            "ana@example.com is known, auditor",
        ),
        (
            line("identity", "TokenIssued", id="ab12", by=ELENA, note="token for query"),
            "elena@example.com made token ab12 of ana@example.com (for query)",
        ),
        (
            line("sign-in", "SignedIn", door="web", note="by password"),
            "ana@example.com signed in at web (by password)",
        ),
        (
            line("identity", "PasswordChanged", by=ELENA, note="password"),
            "elena@example.com set the password of ana@example.com",
        ),
    ],
)
def test_an_act_is_a_sentence(told: TrailLine, said: str) -> None:
    assert sentence(told) == said


def test_who_serves_did_not_sign_in_for_a_stranger() -> None:
    refused = line("sign-in", "SignInRefused", door="sql", error="wrong-token", on_behalf_of=ELENA)
    assert sentence(refused) == "ana@example.com could not sign in at sql (wrong-token)"


def test_a_day_is_said_once_and_a_line_fits(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    trails.write([READ, replace(READ, masked=(), policies=())], "table")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "2027-03-02 (UTC)"
    assert lines[1].startswith("  09:12:01  ana@example.com read")
    assert sum("2027-03-02" in one for one in lines) == 1
    assert all(len(one) <= 80 for one in lines)
