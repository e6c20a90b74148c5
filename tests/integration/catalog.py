"""A mesh whose pages are hard to show: broken, never built, renamed, hidden, and full of hostile words."""

from pathlib import Path

from tests.integration.club import CLUB, add_people
from tests.integration.shop import build, column, opened, statuses
from tests.meshes import change_yaml, write_mesh, write_product

SCRIPT = "<script>alert('pwned')</script>"
QUOTES = "\"><img src=x onerror=alert(1)> ' {{ 7*7 }} `code`"
NASTY = {
    "inputs": {"raw": "id,note\n1,<b>bold</b>\n2,\n"},
    "ports": {"notes": "select id, note from raw"},
    "contracts": {
        "notes": {
            "columns": [
                column("id", primaryKey=True, primaryKeyPosition=1, description=SCRIPT),
                column("note", "string", description=QUOTES),
            ],
            "description": {"purpose": SCRIPT, "usage": QUOTES, "limitations": SCRIPT},
        }
    },
    "product": {"description": {"purpose": f"{SCRIPT} {QUOTES}"}, "tags": [SCRIPT, 'a"b']},
}
SECRET = {
    "inputs": {"members": {"port": "loyalty.members.tiers"}},
    "ports": {"mergers": "select tier, members from members"},
    "product": {"description": {"purpose": "Whom we buy next."}},
}
POLICIES = """\
visibility:
  - id: plans-are-secret
    objects: {addresses: [secret.plans]}
"""
OPEN = """\
policies:
  - id: analysts-read
    description: Analysts read members, masked.
    effect: allow
    subjects: {teams: ["team:desk"]}
    objects: {addresses: [loyalty.members.*]}
  - id: planners-read
    description: What secret.plans is made of.
    effect: allow
    subjects: {principals: ["product:secret.plans"]}
    objects: {addresses: [loyalty.members.tiers]}
"""
GLOSSARY = f"""\
terms:
  - name: member
    title: Member
    definition: "Somebody who flies often. {SCRIPT}"
    owner: elena@example.com
    synonyms: [frequent flyer]
"""


def write_catalog(folder: Path) -> Path:
    """Write the mesh and build it; then add what is never built and what cannot be read."""
    write_mesh(folder, {**CLUB, "odd": {"notes": NASTY}, "secret": {"plans": SECRET}})
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "policies" / "access.yaml").write_text(POLICIES)
    (folder / "domains/loyalty/policies").mkdir(exist_ok=True)
    (folder / "domains/loyalty/policies/access.yaml").write_text(OPEN)
    (folder / "glossary.yaml").write_text(GLOSSARY)
    assert set(statuses(build(folder)).values()) == {"published"}
    _rename(folder)
    assert build(folder)
    for name in ("never", "torn"):
        parts = {"inputs": {"raw": "x\n1\n"}, "ports": {"one": "select x from raw"}}
        write_product(folder, "insight", name, parts)
    build(folder, "insight.torn")
    (folder / "domains/insight/torn/build.yaml").write_text("inputs: [this is no mapping\n")
    with opened(folder) as mesh:
        add_people(mesh.wiring)
    return folder


def _rename(folder: Path) -> None:
    home = folder / "domains" / "insight"
    (home / "churn").rename(home / "leaving")
    change_yaml(
        home / "leaving" / "product.odps.yaml",
        lambda product: product.update(
            name="leaving",
            customProperties=[{"property": "formerly", "value": "insight.churn"}],
        ),
    )
