"""One request: its whole story, and the word of whoever is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.responses import Response

from meshwright.app.access.granting import Conditions
from meshwright.app.access.story import Story
from meshwright.errors import MeshwrightError, UsageError
from meshwright.model.access import MASKS
from meshwright.serve.api.errors import status_of
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit
from meshwright.serve.wording import told

RAW, SHOWN, VALUE = "raw", "shown.", "value."
VALUED = ("mask-to-fixed-value", "round-to")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the form of an approver says. `shown`: column -> `raw` or a mask; `values`: that of a mask."""

    shown: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    filter: str = ""
    lasting: str = ""
    note: str = ""

    @property
    def conditions(self) -> Conditions:
        """Return it as the verbs take it."""
        masks = [
            f"{column}={word}{f'={self.values.get(column, str())}' if word in VALUED else ''}"
            for column, word in self.shown.items()
            if word not in ("", RAW)
        ]
        raw = [column for column, word in self.shown.items() if word == RAW]
        return Conditions(raw, masks, self.filter, self.lasting)


async def show(visit: Visit) -> Response:
    """Show the story of a request."""
    return await _page(visit, Answer())


async def preview(visit: Visit) -> Response:
    """Show what they would see under the conditions that were chosen; nothing is decided."""
    return await _page(visit, _answer(visit))


async def approve(visit: Visit) -> Response:
    """Agree, under conditions."""
    name, answer = visit.path_word("request"), _answer(visit)
    said = answer.conditions
    try:
        done = await visit.read(
            lambda mesh: mesh.access.approve(
                name,
                note=answer.note,
                raw=said.raw,
                masks=said.masks,
                filter=said.filter,
                lasting=said.lasting,
            )
        )
    except MeshwrightError as error:
        return await _page(visit, answer, error)
    is_granted = "grant" in done
    say = f"{done['principal']} has access now" if is_granted else "the next level is asked"
    return visit.go("/access", f"{name} is approved: {say}")


async def refuse(visit: Visit) -> Response:
    """Say no, or withdraw one's own."""
    name = visit.path_word("request")
    try:
        await visit.read(lambda mesh: mesh.access.refuse(name, note=visit.said("note")))
    except MeshwrightError as error:
        return await _page(visit, Answer(note=visit.said("note")), error)
    return visit.go("/access", f"{name} is {visit.said('word') or 'refused'}")


def _answer(visit: Visit) -> Answer:
    fields = visit.fields
    return Answer(
        {name.removeprefix(SHOWN): word for name, word in fields.items() if name.startswith(SHOWN)},
        {name.removeprefix(VALUE): word for name, word in fields.items() if name.startswith(VALUE)},
        visit.said("filter"),
        visit.said("lasting"),
        visit.said("note"),
    )


async def _page(visit: Visit, answer: Answer, error: MeshwrightError | None = None) -> Response:
    """Show a request; with what was typed and what is wrong with it, where something is."""
    _, knowing = await visit.board()
    name, said = visit.path_word("request"), answer.conditions
    story: Story = await visit.read(
        lambda mesh: mesh.access.story(
            name, raw=said.raw, masks=said.masks, filter=said.filter, lasting=said.lasting
        )
    )
    plain: Story = story
    if story.wrong and answer != Answer():  # its columns are there whatever the conditions say
        plain = await visit.read(lambda mesh: mesh.access.story(name))
    if not knowing.of(story.kept.request.address):
        raise UsageError("request-unknown", f"there is no request `{name}`")
    return visit.page(
        "access/preview.html" if visit.is_part else "access/request.html",
        status=status_of(error) if error else 200,
        fault=told(error, visit.service.wiring.root) if error else None,
        story=story,
        columns=plain.sight.columns if plain.sight else (),
        asked=story.kept.request,
        answer=answer,
        masks=MASKS,
        valued=VALUED,
    )


PAGES = (
    Page("/access/requests/{request}", show),
    Page("/access/requests/{request}/preview", preview, "POST"),
    Page("/access/requests/{request}/approve", approve, "POST"),
    Page("/access/requests/{request}/refuse", refuse, "POST"),
)
