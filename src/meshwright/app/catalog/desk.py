"""The desk of the catalog: what people ask, answer, announce, say and propose, each as whoever acts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from meshwright.app.catalog import discussing
from meshwright.app.wiring import Wiring

if TYPE_CHECKING:
    from meshwright.app.catalog.discussing import Announcement, Question
    from meshwright.app.catalog.fields import Fields
    from meshwright.app.proposals.judging import Judged
    from meshwright.app.proposals.kept import Proposal
    from meshwright.catalog.provenance import Field


class CatalogDesk:
    """The catalog of one mesh."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring

    def ask(self, address: str, text: str) -> "Question":
        """Ask about a product, a port or a column."""
        return discussing.ask(self._wiring, address, text)

    def answer(self, question: str, text: str) -> "Question":
        """Answer a question."""
        return discussing.answer(self._wiring, question, text)

    def accept(self, question: str, answer: str) -> "Question":
        """Say that an answer is the one: who asked and the owners may."""
        return discussing.accept_answer(self._wiring, question, answer)

    def close(self, question: str, note: str = "") -> "Question":
        """Close a question: the owners may."""
        return discussing.close(self._wiring, question, note)

    def questions(self, address: str = "", *, closed: bool = False) -> "tuple[Question, ...]":
        """List the questions on an address and what is in it, the newest first."""
        return discussing.questions(self._wiring, address, closed=closed)

    def announce(self, address: str, text: str, *, until: str = "") -> "Announcement":
        """Tell whoever looks at a product something, until the end of a day: the owners may."""
        return discussing.announce(self._wiring, address, text, until)

    def recall(self, announcement: str) -> "Announcement":
        """Show an announcement no more: the owners may."""
        return discussing.recall(self._wiring, announcement)

    def announcements(self, address: str = "", *, over: bool = False) -> "tuple[Announcement, ...]":
        """List what is announced of a product, the newest first."""
        return discussing.announcements(self._wiring, address, over=over)

    def fields(self, address: str) -> "Fields":
        """Return the fields of a product, its ports and columns, each with where it comes from."""
        from meshwright.app.catalog.fields import fields_of

        return fields_of(self._wiring, address)

    def field(self, address: str, name: str) -> "Field":
        """Return one field: description, tags or terms."""
        from meshwright.app.catalog.fields import field_of

        return field_of(self._wiring, address, name)

    def say(self, address: str, field: str, value: str | Sequence[str]) -> "Field":
        """Say what a field is that the descriptor leaves open: the owners may."""
        from meshwright.app.catalog.saying import say

        return say(self._wiring, address, field, value)

    def propose(
        self, address: str, field: str, value: str | Sequence[str], *, reason: str = ""
    ) -> "Proposal":
        """Propose another description, tags or terms in the descriptor: a branch of git, or a patch."""
        from meshwright.app.proposals.proposing import propose_field

        said = value if isinstance(value, str) else tuple(value)
        return propose_field(self._wiring, address, field, said, reason)

    def proposals(self, product: str = "", *, ended: bool = False) -> "tuple[Proposal, ...]":
        """List what is proposed, the newest first; with `ended`, what is over too."""
        from meshwright.app.proposals.finding import proposals

        return proposals(self._wiring, product, ended=ended)

    def proposal(self, proposal: str) -> "tuple[Proposal, Judged]":
        """Return a proposal with its files, and what it would do."""
        from meshwright.app.proposals.finding import show_proposal

        return show_proposal(self._wiring, proposal)

    def withdraw(self, proposal: str, *, note: str = "") -> "Proposal":
        """End a proposal: who made it and the owners may."""
        from meshwright.app.proposals.ending import withdraw

        return withdraw(self._wiring, proposal, note)

    def apply(self, proposal: str) -> "Proposal":
        """Write a proposal into the working tree: the owners may, while the files are as they were."""
        from meshwright.app.proposals.ending import apply

        return apply(self._wiring, proposal)
