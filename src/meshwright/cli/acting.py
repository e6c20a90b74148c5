"""`mesh --as PRINCIPAL`: the command is judged as theirs, and recorded as done by whoever typed it."""

import click

from meshwright.app.acting import ActingWiring
from meshwright.app.asking import as_principal, record_acting
from meshwright.app.identity.verbs import VERBS, address_of, judge
from meshwright.app.knowing_mesh import require_all_known
from meshwright.app.wiring import Wiring


def require_known(ctx: click.Context, command: str) -> None:
    """Refuse an unknown principal whatever the command, and one that is the owner's of the files alone."""
    from meshwright.app.mesh import open_mesh

    with open_mesh(ctx.obj["folder"], env=ctx.obj["env"]) as mesh:
        mesh.wiring.door = "cli"
        wiring = as_principal(mesh.wiring, ctx.obj["as"])
        if VERBS.get(command) == ():
            record_acting(wiring, command)
            judge(wiring, command, {})


def acting(ctx: click.Context, wiring: Wiring, name: str) -> ActingWiring:
    """Return the mesh as a principal has it, who may do this command with what it names."""
    found = as_principal(wiring, name)
    verb = ctx.command_path.partition(" ")[2]
    record_acting(found, f"{verb} {address_of(ctx.params)}".strip())
    require_all_known(found, ctx.params)
    judge(found, verb, ctx.params)
    return found
