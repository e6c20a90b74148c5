"""Which runs of this server somebody may be told of, and what of their errors.

What must stay true: whoever did not begin a run is told of it only where they may know of all that it was
asked for; an error's words, which may quote a value, are for whoever began it.
"""

from meshwright.app.catalog.knowing import Knowing
from meshwright.errors import MeshwrightError
from meshwright.model.address import Address
from meshwright.serve.builds.runner import BuildRunner, Job, run_unknown


def is_theirs(job: Job, knowing: Knowing) -> bool:
    """Say whether somebody began a run, or owns the mesh."""
    return knowing.principal.owns_mesh or knowing.principal.name == job.by


def is_seen(job: Job, knowing: Knowing) -> bool:
    """Say whether somebody may be told of a run."""
    return is_theirs(job, knowing) or all(_is_known(one, knowing) for one in job.order.select)


def find_seen(runner: BuildRunner, id: str, knowing: Knowing) -> Job:
    """Return a run; raise `UsageError` (`run-unknown`) for none that somebody may be told of."""
    job = runner.find(id)
    if not is_seen(job, knowing):
        raise run_unknown()
    return job


def _is_known(said: str, knowing: Knowing) -> bool:
    if not knowing.hidden:
        return True
    try:
        address = Address.parse(said.strip("+"))
    except MeshwrightError:
        return False  # a pattern may spell out what is hidden
    return knowing.of(address) if address.product else knowing.of_domain(address.domain)
