"""What strangers and other sites try on the pages: each is refused, and nothing has changed."""

import hashlib
import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

import meshwright.serve.web as web
from meshwright.app.identity import links
from meshwright.app.identity.users import add_user, remove_user
from meshwright.serve.api import sessions
from meshwright.serve.api.budgets import Budgets
from meshwright.serve.api.errors import HttpError
from meshwright.serve.api.guard import MOST_BYTES
from meshwright.serve.api.listening import Tls
from meshwright.serve.web.page import Page
from meshwright.serve.web.site import PAGES
from tests.certificates import write_certificate
from tests.integration.club import ANA, ELENA, PROFILES, TIERS, desk
from tests.integration.pages.conftest import mesh_of
from tests.integration.shop import copied
from tests.serving import PASSWORD, Serving, serving
from tests.visiting import Visitor, seen

LEO = "person:leo@example.com"
TREE = Path(web.__file__).parent / "templates"
FORMS = [page for page in PAGES if page.method != "GET"]
SHOWN = [page for page in PAGES if page.method == "GET" and page.path not in ("/enter/{key}",)]
ENDLESS = ("/builds/live",)  # a stream that goes on


@dataclass(frozen=True)
class Ground:
    """A server with something of everything, and who has signed in."""

    server: Serving
    owner: Visitor
    ana: Visitor
    words: Mapping[str, str]

    def path(self, page: Page) -> str:
        """Return an address of a page, with words that there are."""

        def word(found: re.Match[str]) -> str:
            return self.words.get(found[1], "x")

        return re.sub(r"\{(\w+)(?::\w+)?\}", word, page.path)


@pytest.fixture(scope="module")
def ground(built_club: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = copied(built_club, tmp_path_factory.mktemp("attacked") / "mesh")
    with serving(folder, people=False) as server:
        mesh = mesh_of(server)
        add_user(mesh.wiring, LEO, password=PASSWORD)
        for number, purpose in enumerate(("one", "two"), 1):
            desk(mesh, ANA).request(PROFILES, purpose=purpose)
            if number == 1:
                desk(mesh, ELENA).approve("req-1")
        with mesh.wiring.store.read() as reader:
            build_id = str(reader.rows("SELECT build FROM builds LIMIT 1")[0][0])
        words = {
            "address": PROFILES, "request": "req-2", "grant": "g-1", "domain": "loyalty",
            "name": LEO, "build": build_id, "field": "description",
        }  # fmt: skip
        owner, ana = Visitor(server), Visitor(server, ANA)
        yield Ground(server, owner, ana, words)
        owner.client.close()
        ana.client.close()


def state_of(server: Serving) -> dict[str, str]:
    """Return a digest of each table, and of the files; what is read is recorded, and left out here."""
    root = server.service.wiring.root
    found = {}
    with sqlite3.connect(server.service.wiring.mesh.state / "state.db") as state:
        names = state.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        ).fetchall()
        for (name,) in names:
            if name in ("queries", "query_ports", "uses") or "fts" in name or "search" in name:
                continue
            where = " WHERE kind NOT IN ('QueryRan', 'QueryEnded')" if name == "facts" else ""
            rows = sorted(map(repr, state.execute(f'SELECT * FROM "{name}"{where}')))
            found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    files = [path for path in sorted(root.rglob("*")) if path.is_file()]
    own = [path for path in files if ".mesh" not in path.relative_to(root).parts]
    found["files"] = hashlib.sha256(b"".join(path.read_bytes() for path in own)).hexdigest()
    return found


@pytest.mark.parametrize("page", FORMS, ids=lambda page: page.path)
def test_no_form_is_taken_without_a_session_or_without_its_word(ground: Ground, page: Page) -> None:
    path, before = ground.path(page), state_of(ground.server)
    nobody = Visitor(ground.server, None)
    stranger = nobody.send(path, csrf="0" * 32, word="end", reason="x")
    if page.is_open:
        assert stranger.status_code == 403
    else:
        assert (stranger.status_code, stranger.headers["location"]) == (303, "/sign-in")
    for word in ("", "0" * 32, ground.ana.csrf(), nobody.csrf()):
        sent = ground.owner.send(path, csrf=word, word="end", reason="x", note="x")
        assert sent.status_code in (403, 411, 415), (path, sent.status_code, seen(sent))
        bare = ground.owner.client.post(path, headers={"X-CSRF-Token": word})
        assert bare.status_code in (403, 411, 415), "a header counts no more than a field"
    assert state_of(ground.server) == before


def test_no_page_changes_anything_by_being_looked_at(ground: Ground) -> None:
    """Links of other sites lead to pages, so a page that is got changes nothing."""
    ground.owner.get("/")
    before, wrong = state_of(ground.server), []
    for page in SHOWN:
        if page.path in ENDLESS:
            continue
        path = ground.path(page)
        for words in (
            "",
            "?word=end&reason=x&confirm=1&sql=select+1&purpose=x&address=" + PROFILES,
        ):
            answer = ground.owner.get(f"{path}{words}")
            after = state_of(ground.server)
            changed = [name for name in after if after[name] != before.get(name)]
            if changed or answer.status_code >= 500:
                wrong.append((path, answer.status_code, changed))
            before = after
    assert not wrong


@pytest.mark.parametrize(
    "page", [page for page in SHOWN if page.path not in ENDLESS], ids=lambda page: page.path
)
def test_every_page_forbids_what_is_not_ours(ground: Ground, page: Page) -> None:
    answer = ground.owner.get(ground.path(page))
    assert answer.status_code < 500
    said = answer.headers
    assert said["x-frame-options"] == "DENY"
    assert said["x-content-type-options"] == "nosniff"
    assert said["referrer-policy"] == "same-origin"
    assert said["cross-origin-opener-policy"] == "same-origin"
    assert said["cross-origin-resource-policy"] == "same-origin"
    policy = said["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    cached = said["cache-control"]
    assert "no-store" in cached or "no-cache" in cached
    assert "public" not in cached
    if "text/html" in said.get("content-type", ""):
        assert "no-store" in cached, "what a session shows is kept nowhere"
        assert_nothing_inline(answer.text)
        assert "form-action 'self'" in policy
        assert "base-uri 'none'" in policy
        nonce = re.search(r"style-src 'self' 'nonce-([^']+)'", policy)
        again = ground.owner.get(ground.path(page)).headers["content-security-policy"]
        assert nonce
        assert nonce[1] not in again, "a nonce serves once"


def assert_nothing_inline(text: str) -> None:
    """Assert that a page has no script, handler or style of its own, and that its forms carry their word."""
    for form in re.findall(r'<form\b[^>]*method="post".*?</form>', text, re.S):
        assert re.search(r'name="csrf" value="\w{32}"', form), form[:200]
    tags = re.findall(r"<[a-zA-Z][^<>]*>", text)
    for tag in tags:
        assert not re.search(r"""\s(on[a-z]+|style|srcdoc)\s*=""", re.sub(r'"[^"]*"', '""', tag)), (
            tag
        )
        assert not re.search(
            r"""(?:href|src|action|formaction)\s*=\s*["']?\s*(?:javascript|vbscript):""", tag, re.I
        )
        if re.match(r"<script\b", tag):
            is_data = 'type="application/json"' in tag
            assert is_data or re.search(r'src="/static/[\w.-]+"', tag), tag
        assert not re.match(r"<(style|base|object|embed|iframe)\b", tag), tag


def test_no_template_trusts_what_it_is_given() -> None:
    for path in sorted(TREE.rglob("*.html")):
        text = path.read_text("utf-8")
        plain = re.sub(r"{#.*?#}", "", text, flags=re.S)
        assert not re.search(r"\|\s*safe\b", plain), path
        assert "autoescape" not in plain, path
        assert not re.search(r"\sstyle=|\son(?:click|load|error|submit|change|input)=", plain), path


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"


def test_what_people_type_is_shown_as_text(ground: Ground) -> None:
    mesh = mesh_of(ground.server)
    made = desk(mesh, ANA).request(TIERS, purpose=HOSTILE, reason=HOSTILE)
    for path in (
        "/access", f"/access/requests/{made['request']}", "/trail",
        f"/access/ask/{PROFILES}?purpose={HOSTILE}", f"/access/policies?as={HOSTILE}&address={PROFILES}",
        f"/trail?who={HOSTILE}&address={HOSTILE}", f"/sign-in?to={HOSTILE}", f"/people?q={HOSTILE}",
        f"/search?q={HOSTILE}", f"/products/{HOSTILE}", f"/console?sql={HOSTILE}", f"/lineage/{HOSTILE}",
    ):  # fmt: skip
        answer = ground.owner.get(path)
        assert "<script>alert" not in answer.text, path
        assert "<img src=x" not in answer.text, path
        assert ">49<" not in answer.text
        assert_nothing_inline(answer.text)


def sign_in(
    browser: Visitor, name: str = LEO, password: str = PASSWORD, **more: str
) -> httpx.Response:
    return browser.send("/sign-in", name=name, password=password, **more)


def test_each_sign_in_has_a_token_of_its_own_and_ends_the_one_before(ground: Ground) -> None:
    browser = Visitor(ground.server, None)
    browser.client.cookies.set("mesh-session", "mesh-session-planted", domain="127.0.0.1")
    browser.client.cookies.set("mesh-before", "planted", domain="127.0.0.1")
    assert sign_in(browser).status_code == 303
    first = browser.session
    assert first.startswith("mesh-session-")
    assert "planted" not in first, "what somebody put into a browser is worth nothing"
    assert sign_in(browser).status_code == 303
    second = browser.session
    assert second != first
    old = Visitor(ground.server, None)
    old.client.cookies.set("mesh-session", first, domain="127.0.0.1")
    assert old.get("/access").status_code == 303, "the session before has ended"


def test_sign_out_ends_the_session_wherever_its_cookie_went(ground: Ground) -> None:
    browser, thief = Visitor(ground.server, None), Visitor(ground.server, None)
    sign_in(browser)
    thief.client.cookies.set("mesh-session", browser.session, domain="127.0.0.1")
    assert thief.get("/access").status_code == 200
    gone = browser.send("/sign-out")
    assert gone.status_code == 303
    assert not browser.session
    assert thief.get("/access").headers["location"].startswith("/sign-in")
    assert thief.get("/access", headers={"hx-request": "true"}).status_code == 401


def test_all_other_sessions_end_at_once(ground: Ground) -> None:
    here, there, third = (Visitor(ground.server, None) for _ in range(3))
    for browser in (here, there, third):
        sign_in(browser)
    page = here.get("/you").text
    assert "this one" in page
    ids = re.findall(r'name="session" value="(\w+)"', page)
    assert len(ids) >= 2
    assert here.session not in page, "a page never has the token"
    assert "ended" in here.follow(here.send("/you/sessions"))
    assert here.get("/you").status_code == 200
    assert there.get("/you").status_code == 303
    assert third.get("/you").status_code == 303


def test_nobody_ends_the_session_of_another(ground: Ground) -> None:
    leo = Visitor(ground.server, None)
    sign_in(leo)
    ground.ana.send("/you/sessions", session=ground.server.service.sessions.id_of(leo.session))
    assert leo.get("/you").status_code == 200


def test_a_session_ends_when_it_is_idle_and_in_any_case_after_half_a_day() -> None:
    from meshwright.model.principal import Principal

    class Known:
        def principal(self, name: str) -> Principal:
            return Principal(name)

    now = [0.0]
    held = sessions.Sessions(Known(), lambda: now[0])  # type: ignore[arg-type]
    idle, busy = held.begin(Principal(LEO)), held.begin(Principal(LEO))
    for _ in range(20):
        now[0] += sessions.LASTS - 1
        if now[0] >= sessions.AT_MOST:
            break
        assert held.proven(busy).principal.name == LEO
    with pytest.raises(Exception, match="this session is over"):
        held.proven(idle)
    with pytest.raises(Exception, match="this session is over"):
        held.proven(busy)
    assert held.of(LEO) == ()


def test_another_password_ends_other_sessions_and_takes_the_one_before(ground: Ground) -> None:
    name = "person:pat@example.com"
    add_user(mesh_of(ground.server).wiring, name, password=PASSWORD)
    here, there = Visitor(ground.server, None), Visitor(ground.server, None)
    sign_in(here, name)
    sign_in(there, name)
    new = "another battery of horses"
    wrong = here.send("/you/password", old="guessed", new=new, again=new)
    assert wrong.status_code == 401
    differs = here.send("/you/password", old=PASSWORD, new=new, again=f"{new}!")
    assert differs.status_code == 400
    assert there.get("/you").status_code == 200
    assert "1 other sessions ended" in here.follow(
        here.send("/you/password", old=PASSWORD, new=new, again=new)
    )
    assert there.get("/you").status_code == 303
    assert sign_in(Visitor(ground.server, None), name).status_code == 401
    assert sign_in(Visitor(ground.server, None), name, new).status_code == 303
    remove_user(mesh_of(ground.server).wiring, name)
    assert here.get("/you").status_code == 303, "who left is signed out everywhere"


def test_signing_in_and_out_is_in_the_trail(ground: Ground) -> None:
    browser = Visitor(ground.server, None)
    sign_in(browser, password="not it at all")
    sign_in(browser)
    browser.send("/sign-out")
    text = ground.owner.text("/trail", kind="sign-in", who=LEO)
    assert "leo@example.com signed in at web (by password)" in text
    assert "leo@example.com signed out at web" in text
    assert "leo@example.com could not sign in at web (sign-in-refused)" in text


def test_guessing_is_slowed_down_whatever_name_is_tried(built_club: Path, tmp_path: Path) -> None:
    with serving(copied(built_club, tmp_path / "mesh"), people=False) as server:
        browser = Visitor(server, None)
        word = browser.csrf()
        answers = [
            sign_in(browser, f"person:{number}", "guessed once more", csrf=word).status_code
            for number in range(12)
        ]
        assert answers[0] == 401
        assert answers[-1] == 429
        told = sign_in(browser, "person:other", "guessed", csrf=word)
        assert "too many tries" in seen(told)


def test_a_wrong_name_and_a_wrong_password_are_told_alike(ground: Ground) -> None:
    nobody, wrong = Visitor(ground.server, None), Visitor(ground.server, None)
    texts = {
        re.sub(r"person:\w+@example.com", "NAME", seen(answer))
        for answer in (
            sign_in(nobody, "person:nobody@example.com", "a wrong password"),
            sign_in(wrong, LEO, "a wrong password"),
        )
    }
    assert len(texts) == 1


def test_a_session_that_asks_for_too_much_waits_and_others_do_not(ground: Ground) -> None:
    flood = Visitor(ground.server, ANA)
    codes = [flood.get("/trail/export", form="ndjson").status_code for _ in range(8)]
    assert codes[0] == 200
    assert codes[-1] == 429
    last = flood.get("/trail/export")
    assert last.headers["retry-after"]
    assert "too much was asked for at once" in seen(last)
    assert ground.owner.get("/trail/export").status_code == 200


def test_a_budget_fills_again_and_forgets_who_asked_longest_ago() -> None:
    now = [0.0]
    budgets = Budgets(3, 1, lambda: now[0])
    for _ in range(3):
        budgets.take("ana")
    with pytest.raises(HttpError) as refused:
        budgets.take("ana")
    assert (refused.value.status, refused.value.code) == (429, "too-often")
    budgets.take("bob")
    now[0] = 1.5
    budgets.take("ana")
    with pytest.raises(HttpError):
        budgets.take("ana", 2)
    for number in range(10_100):
        budgets.take(f"flood {number}")
    assert len(budgets) == 10_000


def test_forms_have_a_limit_of_bytes_and_fields(ground: Ground) -> None:
    big = ground.owner.client.post("/access/review", content=b"a" * (MOST_BYTES + 1))
    assert big.status_code == 413
    word = ground.owner.csrf()
    many = ground.owner.client.post(
        "/access/review", data={"csrf": word, **{f"f{n}": "x" for n in range(2000)}}
    )
    assert 400 <= many.status_code < 500
    assert ground.owner.get("/access").status_code == 200


def test_a_fault_of_ours_tells_neither_path_nor_code(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError(f"no such thing in {ground.server.service.wiring.root}/secret.py")

    monkeypatch.setattr(type(ground.server.service.boards), "board", broken)
    answer = ground.owner.get("/access")
    assert answer.status_code == 500
    assert "internal error" in seen(answer)
    for leak in (str(ground.server.service.wiring.root), "secret.py", "Traceback", "RuntimeError"):
        assert leak not in answer.text
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example",
        "javascript:alert(1)", "http:evil.example", "/\t/evil.example", "///evil.example",
        " //evil.example", "/%0d%0aSet-Cookie:x=y", "https:/evil.example",
        "data:text/html,x", "\u2028//evil.example",
    ],
)  # fmt: skip
def test_nobody_is_led_to_another_site(ground: Ground, to: str) -> None:
    browser = Visitor(ground.server, None)
    sent = sign_in(browser, to=to)
    where = sent.headers["location"]
    assert where == "/" or re.match(r"/(?![/\\])[\x21-\x7e]*\Z", where), where
    assert "x=y" not in str(sent.headers.get_list("set-cookie"))
    key = links.make(ground.server.service.wiring)
    entered = browser.get(f"/enter/{key}", to=to)
    assert entered.headers["location"] == where


CROSS = {"Sec-Fetch-Site": "cross-site"}
LINK = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize(
    ("method", "headers", "is_answered"),
    [
        ("GET", {**CROSS, **LINK}, True),  # a link in a mail
        ("GET", {"Sec-Fetch-Site": "same-site", **LINK}, True),  # of another port of this machine
        ("GET", {**CROSS, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, False),
        ("GET", {**CROSS, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, False),
        ("GET", {**CROSS, "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, False),
        ("GET", {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}, False),
        ("GET", {"Origin": "https://evil.example"}, False),
        ("GET", {"Origin": "null"}, False),
        ("GET", {"Host": "evil.example"}, False),  # a name that was bound anew to this machine
        ("GET", {"Host": "127.0.0.1.evil.example"}, False),
        ("POST", {**CROSS, **LINK}, False),  # a form of another site
        ("POST", {"Sec-Fetch-Site": "same-site", **LINK}, False),
        ("POST", {"Origin": "https://evil.example"}, False),
        ("POST", {"Origin": "null"}, False),  # of a frame in a sandbox
        ("POST", {"Origin": "http://localhost:1"}, False),
    ],
)
def test_other_sites_may_link_to_pages_and_no_more(
    ground: Ground, method: str, headers: dict[str, str], is_answered: bool
) -> None:
    before = state_of(ground.server)
    path = "/access" if method == "GET" else "/access/grants/g-1/end"
    data = {"csrf": ground.owner.csrf(), "reason": "x"} if method == "POST" else None
    sent = ground.owner.client.request(method, path, headers=headers, data=data)
    assert (sent.status_code == 200) == is_answered, sent.text[:200]
    if not is_answered:
        assert sent.status_code in (403, 421)
        assert ANA not in sent.text
    assert state_of(ground.server) == before


def test_a_link_of_this_machine_signs_in_once_and_to_nobody_afar(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    wiring = ground.server.service.wiring
    key = links.make(wiring)
    monkeypatch.setattr(ground.server.service, "is_local", False)
    assert Visitor(ground.server, None).get(f"/enter/{key}").status_code == 404
    monkeypatch.setattr(ground.server.service, "is_local", True)
    nobody = Visitor(ground.server, None)
    looked = nobody.client.head(f"/enter/{key}")
    assert (looked.status_code, "set-cookie" in looked.headers) == (200, False), "it works still"
    assert Visitor(ground.server, None).get(f"/enter/{key}").status_code == 303
    again = Visitor(ground.server, None)
    assert again.get(f"/enter/{key}").status_code == 403
    assert not again.session


def test_a_message_for_one_session_is_not_forged(ground: Ground) -> None:
    """What a page says after a form is signed: no link, and no other cookie, puts words into it."""
    browser = Visitor(ground.server, ANA)
    browser.client.cookies.set(
        "mesh-said", b"0123456789abcdefyou were hacked".hex(), domain="127.0.0.1"
    )
    assert "you were hacked" not in browser.text("/access")


def test_over_tls_cookies_never_travel_in_the_clear_and_nobody_is_let_in_unproven(
    built_club: Path, tmp_path: Path
) -> None:
    cert, key = write_certificate(tmp_path)
    folder = copied(built_club, tmp_path / "mesh")
    with serving(folder, "0.0.0.0", Tls(cert, key), people=False) as server:
        add_user(mesh_of(server).wiring, LEO, password=PASSWORD)
        browser = Visitor(server, None)
        browser.client.base_url = httpx.URL(f"https://127.0.0.1:{server.server.place.port}")
        for page in PAGES:
            if page.method == "GET" and not page.is_open:
                path = re.sub(r"\{[^}]*\}", "x", page.path)
                answer = browser.get(path)
                assert answer.status_code == 303, path
                assert answer.headers["location"].startswith("/sign-in")
        form = browser.get("/sign-in")
        assert "secure" in form.headers["set-cookie"].lower()
        assert "max-age=31536000" in form.headers["strict-transport-security"]
        assert "mesh open" not in form.text, "a link of the machine is of no use from afar"
        done = sign_in(browser)
        (cookie,) = done.headers.get_list("set-cookie")
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= parts
        assert browser.get("/access").status_code == 200


def test_a_cookie_opens_pages_and_not_the_api(ground: Ground) -> None:
    """What a browser sends by itself is no proof for programs: there a token stands in a header."""
    assert ground.owner.get("/api/v1/me").status_code == 401
    assert ground.owner.get("/api/v1/trail").status_code == 401
