"""What a hook is sent of a fact names nothing that whoever it tells may not know of."""

import json

from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.veil import Veil
from meshwright.app.webhooks.messages import message_of
from meshwright.model.facts import Entry
from meshwright.model.principal import Principal

GUS = Principal("person:gus")


def fact_told(veil: Veil) -> str:
    payload = json.dumps(
        {
            "build": "b-1",
            "product": "top.summary",
            "reasons": ["input visits changed", "web.visits"],
        }
    )
    entry = Entry(7, "2026-01-01T00:00:00+00:00", "person:ada", "BuildStarted", payload, "", "")
    _, body = message_of("hook-1", entry, "mesh", veil)
    return body.decode()


def test_a_hidden_input_is_not_named() -> None:
    hidden = Veil(Knowing(GUS, frozenset({"web.visits"})), inputs=lambda _: ("visits",))
    told = fact_told(hidden)
    assert "visits" not in told
    assert "top.summary" in told
    assert "input something you may not know of changed" in told


def test_what_is_known_is_told() -> None:
    assert "input visits changed" in fact_told(Veil(Knowing(GUS)))
