"""What building and keeping data costs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a build, a product or a domain.

    `read_bytes` is the size of the input files that builds were given, `stored_bytes` of the files of all
    kept versions (of a build: those it added), `served_bytes` of those that readers see now.
    """

    name: str
    builds: int
    unpublished: int  # builds among them that were rejected or failed
    seconds: float
    read_bytes: int
    stored_bytes: int
    served_bytes: int = 0
    at: str = ""  # when the (last) build began
    product: str = ""  # of a build
    status: str = ""
