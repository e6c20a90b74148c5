"""`mesh mcp`: started by the official client, as an agent's host does."""

from pathlib import Path

import anyio
import pytest
from mcp.shared.exceptions import MCPError

from meshwright.app.identity.tokens import issue_token
from meshwright.app.identity.users import add_user
from meshwright.app.mesh import open_mesh
from tests.agents import ERAS, over_stdio
from tests.integration.shop import MORE_ORDERS, build, state, write_shop
from tests.meshes import set_silo
from tests.serving import serving

ORDERS = "sales.orders.orders"
SQL = f"select count(*) as rows from {ORDERS}"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = write_shop(tmp_path / "mesh")
    build(folder, "sales.orders")
    return folder


@pytest.mark.parametrize("era", ERAS)
def test_the_owner_of_the_files_asks_over_stdin(shop: Path, era: str) -> None:
    async def story() -> None:
        async with over_stdio("-C", shop, era=era) as agent:
            assert len((await agent.client.list_tools()).tools) == 11
            assert (await agent.call("run_sql", sql=SQL))["rows"] == [[3]]
            product = await agent.call("get_product", address="sales.orders")
            assert all(one["you_may_read_it"] for one in product["ports"])
            assert "every port" in (await agent.call("my_access"))["may_read"]

    anyio.run(story)
    with state(shop, "SELECT door, error FROM queries") as rows:
        assert rows == [("mcp", "")]


def test_an_agent_is_judged_as_itself_and_recorded_with_who_stands_behind(shop: Path) -> None:
    """The owner starts it as an agent: the agent is refused, asks, and is named with its person."""
    with open_mesh(shop) as mesh:
        add_user(mesh.wiring, "agent:scout")
        owner = mesh.wiring.actor

    async def story() -> None:
        async with over_stdio("-C", shop, "--as", "agent:scout") as agent:
            assert await agent.code("run_sql", sql=SQL) == "access-denied"
            asked = await agent.call("request_access", address=ORDERS, purpose="billing")
            with open_mesh(shop) as mesh:
                mesh.access.approve(asked["request"])
            assert (await agent.call("run_sql", sql=SQL, purpose="billing"))["rows"] == [[3]]

    anyio.run(story)
    with state(shop, "SELECT principal, on_behalf_of, door, error FROM queries") as rows:
        assert rows == [
            ("agent:scout", owner, "mcp", "access-denied"),
            ("agent:scout", owner, "mcp", ""),
        ]


def test_a_new_version_is_seen_while_it_runs(shop: Path) -> None:
    """What is built beside a running server is what the next question is answered by."""

    async def story() -> None:
        async with over_stdio("-C", shop) as agent:
            assert (await agent.call("run_sql", sql=SQL))["versions"] == {ORDERS: 1}
            set_silo(shop, "sales.orders.raw", MORE_ORDERS)
            build(shop, "sales.orders")
            found = await agent.call("run_sql", sql=SQL)
            assert (found["versions"], found["rows"]) == ({ORDERS: 2}, [[4]])

    anyio.run(story)


@pytest.mark.parametrize("era", ERAS)
def test_a_mesh_elsewhere_is_asked_by_ones_own_token(shop: Path, era: str) -> None:
    """`--server` forwards stdin: the same tools, as whoever the token is of."""

    async def story(url: str, token: str) -> None:
        async with over_stdio("--server", url, era=era, MESH_TOKEN=token) as agent:
            assert len((await agent.client.list_tools()).tools) == 11
            assert (await agent.call("my_access"))["principal"] == "person:ada"
            assert (await agent.call("run_sql", sql=SQL))["rows"] == [[3]]
            page = await agent.client.read_resource("mesh://product/sales.orders")
            assert ORDERS in page.contents[0].text

    with serving(shop) as server:
        anyio.run(story, server.url, issue_token(server.service.wiring, "person:ada").text)


def test_a_server_that_refuses_or_is_away_is_an_error_of_the_protocol(shop: Path) -> None:
    async def story(url: str, token: str) -> None:
        async with over_stdio("--server", url, MESH_TOKEN=token) as agent:
            await agent.call("my_access")

    with serving(shop) as server:
        for url in ("http://127.0.0.1:1", server.url):
            with pytest.raises(BaseExceptionGroup) as raised:
                anyio.run(story, url, "mesh-nonsense")
            found = raised.value
            while isinstance(found, BaseExceptionGroup):
                found = found.exceptions[0]
            assert isinstance(found, MCPError)
            assert ("cannot be reached" if url[-2:] == ":1" else "opens nothing") in str(found)
