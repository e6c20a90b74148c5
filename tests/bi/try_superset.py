"""Let Apache Superset connect to a served mesh, list, describe and chart a masked port; print what it saw.

Run by hand, with the Python of an environment that has Superset (docs/how-to/connect-bi-tools.md says how):

    python tests/bi/try_superset.py URL loyalty.members.profiles

where URL is like postgresql+psycopg2://NAME:TOKEN@127.0.0.1:8322/nyc
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

CONFIG = """\
SECRET_KEY = "only for this trial, in a folder that is thrown away"
SQLALCHEMY_DATABASE_URI = "sqlite:///{folder}/superset.db"
WTF_CSRF_ENABLED = False
TALISMAN_ENABLED = False
"""
LOGIN = {"username": "admin", "password": "admin", "provider": "db", "refresh": True}
MEMBERS = {"expressionType": "SQL", "sqlExpression": "COUNT(*)", "label": "members"}
EMAILS = {"expressionType": "SQL", "sqlExpression": "COUNT(DISTINCT email)", "label": "emails"}
MILES = {"expressionType": "SQL", "sqlExpression": "SUM(miles)", "label": "miles"}
BY_YEAR = {
    "timeGrain": "P1Y", "columnType": "BASE_AXIS", "sqlExpression": "joined", "label": "joined",
    "expressionType": "SQL",
}  # fmt: skip


def main(place: str, address: str) -> None:
    """Live through a first hour with Superset."""
    domain, product, port = address.split(".")
    schema = f"{domain}.{product}"
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "superset_config.py"
        config.write_text(CONFIG.format(folder=folder))
        os.environ.update(SUPERSET_CONFIG_PATH=str(config), FLASK_APP="superset")
        prepare()
        client, header = sign_in()

        def ask(what: str, method: str, path: str, **body: object) -> dict:
            answer = getattr(client, method)(f"/api/v1/{path}", headers=header, **body)
            said = answer.get_json()
            assert answer.status_code in (200, 201), (what, answer.status_code, said)
            return said

        trial = {"sqlalchemy_uri": place, "database_name": "the mesh"}
        ask("test", "post", "database/test_connection/", json=trial)
        made = ask("database", "post", "database/", json={**trial, "expose_in_sqllab": True})
        database = made["id"]
        print("schemas:", ask("schemas", "get", f"database/{database}/schemas/")["result"])
        tables = ask("tables", "get", f"database/{database}/tables/?q=(schema_name:'{schema}')")
        print("tables:", [table["value"] for table in tables["result"]])
        path = f"database/{database}/table_metadata/?name={port}&schema={schema}"
        for column in ask("metadata", "get", path)["columns"]:
            print(f"  {column['name']} {column['type']}: {column.get('comment')}")
        said = {"database": database, "schema": schema, "table_name": port}
        dataset = ask("dataset", "post", "dataset/", json=said)["id"]

        def chart(**query: object) -> list:
            query = {"row_limit": 50, "filters": [], "metrics": [], **query}
            asked = {"datasource": {"id": dataset, "type": "table"}, "queries": [query]}
            (result,) = ask("chart", "post", "chart/data", json=asked)["result"]
            return result["data"]

        print("bars:", chart(columns=["tier"], metrics=[MEMBERS, EMAILS]))
        gold = [{"col": "tier", "op": "==", "val": "gold"}]
        print("table:", chart(columns=["member_id", "email"], filters=gold, row_limit=3))
        line = {"columns": [BY_YEAR], "metrics": [MILES], "granularity": "joined"}
        print("line:", chart(**line, extras={"time_grain_sqla": "P1Y"})[:3], "…")
        sql = f"select tier, count(*) as n from {address} group by 1 order by 2 desc"
        typed = {"database_id": database, "sql": sql, "runAsync": False, "schema": schema}
        lab = ask("SQL Lab", "post", "sqllab/execute/", json=typed)
        print("SQL Lab:", lab["data"])


def prepare() -> None:
    """Make Superset's own database and its administrator."""
    superset = str(Path(sys.executable).with_name("superset"))
    admin = ["--username", "admin", "--password", "admin", "--email", "admin@example.com"]
    named = ["--firstname", "A", "--lastname", "B"]
    for command in (["db", "upgrade"], ["fab", "create-admin", *admin, *named], ["init"]):
        done = subprocess.run([superset, *command], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]


def sign_in() -> tuple:
    """Return a client of Superset's API and the header that proves who asks."""
    from superset.app import create_app

    client = create_app().test_client()
    token = client.post("/api/v1/security/login", json=LOGIN).get_json()["access_token"]
    return client, {"Authorization": f"Bearer {token}"}


if __name__ == "__main__":
    main(*sys.argv[1:])
