"""Access over HTTP: asked, approved, used, revoked, each by whoever it is a matter of."""

from pathlib import Path

from tests.serving import PASSWORD, error_of, serving

API = "/api/v1"
SQL = "select count(*) from sales.orders.orders"


def test_a_grant_is_asked_for_given_used_and_taken_back(shop: Path) -> None:
    """The next query after a revocation is refused."""
    wanted = {"address": "sales.orders.orders", "purpose": "billing", "lasting": "30d"}
    with serving(shop) as server:
        assert error_of(server.query(SQL, token="gus")) == (403, "access-denied")
        asked = server.ask("POST", f"{API}/access/requests", token="gus", json=wanted).json()
        waiting = server.get(f"{API}/access/requests?to_approve=true", token="sales").json()
        assert [one["request"] for one in waiting["requests"]] == [asked["request"]]
        path = f"{API}/access/requests/{asked['request']}/approve"
        assert server.ask("POST", path, token="gus", json={}).status_code == 403
        approved = server.ask("POST", path, token="sales", json={"note": "fine"}).json()
        purpose = {"purpose": "billing"}
        assert server.query(SQL, token="gus", body=purpose).json()["rows"] == [[3]]
        grant = approved["grant"]["grant"]
        assert server.get(f"{API}/access/grants", token="gus").json()["grants"][0]["grant"] == grant
        path = f"{API}/access/grants/{grant}/revoke"
        assert error_of(server.ask("POST", path, token="sales", json={})) == (400, "body-invalid")
        done = server.ask("POST", path, token="sales", json={"reason": "over"}).json()
        assert done["state"] == "revoked"
        assert error_of(server.query(SQL, token="gus", body=purpose)) == (403, "access-denied")


def test_a_session_begins_by_password_and_ends_when_one_signs_out(shop: Path) -> None:
    with serving(shop) as server:
        wrong = {"name": "ada", "password": "wrong"}
        assert error_of(server.ask("POST", f"{API}/login", token="", json=wrong))[0] == 401
        nobody = {"name": "nobody", "password": "wrong"}
        assert (
            server.ask("POST", f"{API}/login", token="", json=nobody).json()
            == server.ask("POST", f"{API}/login", token="", json=wrong).json()
        )
        right = {"name": "person:ada", "password": PASSWORD}
        begun = server.ask("POST", f"{API}/login", token="", json=right).json()
        assert begun["principal"] == "person:ada"
        session = begun["token"]
        assert server.query(SQL, token=session).json()["rows"] == [[3]]
        assert server.ask("POST", f"{API}/logout", token=session).status_code == 204
        assert error_of(server.query(SQL, token=session)) == (401, "token-invalid")


def test_whoever_left_is_out_at_once(shop: Path) -> None:
    """A session and a token of somebody who was removed open nothing."""
    from meshwright.app.identity.users import remove_user

    with serving(shop) as server:
        right = {"name": "person:ada", "password": PASSWORD}
        session = server.ask("POST", f"{API}/login", token="", json=right).json()["token"]
        remove_user(server.service.wiring, "person:ada")
        for token in (session, "ada"):
            assert error_of(server.query(SQL, token=token)) == (401, "token-invalid")


def test_passwords_cannot_be_tried_fast(shop: Path) -> None:
    with serving(shop) as server:
        tries = [
            server.ask("POST", f"{API}/login", token="", json={"name": f"n{i}", "password": "x"})
            for i in range(12)
        ]
        assert [one.status_code for one in tries[:8]] == [401] * 8
        assert tries[-1].status_code == 429
        assert tries[-1].headers["retry-after"]


def test_a_token_opens_what_its_scopes_say_and_nothing_else(shop: Path) -> None:
    with serving(shop) as server:
        assert error_of(server.query(SQL, token="lineage")) == (403, "token-scope")
        assert error_of(server.get(f"{API}/access/grants", token="query")) == (403, "token-scope")
        assert server.query(SQL, token="query").status_code == 200
