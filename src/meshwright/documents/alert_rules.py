"""Judge `alerts` of mesh.yaml beyond its schema: names, zones, durations, and that no secret is in it."""

from collections.abc import Mapping
from zoneinfo import available_timezones

from meshwright.documents.alert_reader import find_clock, find_duration, url_of
from meshwright.documents.document import Document, Path
from meshwright.documents.secret_rules import looks_secret
from meshwright.documents.wording import nearest_hint, show
from meshwright.errors import did_you_mean
from meshwright.model.json_value import Json
from meshwright.model.problem import Problem
from meshwright.model.secret import without_references

SECRET_HINT = (
    "write `${env:NAME}`, `${file:PATH}` or `${STORE:NAME}` in its place, and change the secret"
)


def alert_problems(document: Document, raw: Json | None, path: Path) -> list[Problem]:
    """Judge one mapping of alerts, which stands at `path`."""
    if not isinstance(raw, dict):
        return []
    notifiers = _mapping(raw.get("notifiers"))
    found = _notifiers(document, notifiers, (*path, "notifiers"))
    for index, route in enumerate(_list(raw.get("routes"))):
        if isinstance(route, dict):
            where = (*path, "routes", index)
            found += _names(document, route.get("to"), notifiers, (*where, "to"))
            found += _durations(document, route, where)
            found += _quiet(document, route.get("quiet"), (*where, "quiet"))
    return found + _names(document, raw.get("default"), notifiers, (*path, "default"))


def _notifiers(document: Document, notifiers: Mapping[str, Json], path: Path) -> list[Problem]:
    found = []
    for name, entry in notifiers.items():
        url = url_of(entry)
        where = (*path, name, "url") if isinstance(entry, dict) else (*path, name)
        if url is None:
            continue
        if looks_secret(url):
            text = f"the url of notifier `{name}` holds what looks like a secret"
            found.append(document.problem("secret-in-file", text, where, hint=SECRET_HINT))
        elif "${" in without_references(url):
            text = f"the url of notifier `{name}` holds a reference that names no store"
            hint = "write `${env:NAME}`, `${file:PATH}` or `${STORE:NAME}`"
            found.append(document.problem("reference-invalid", text, where, hint=hint))
        elif ":" not in url.replace("${", ""):
            text = f"the url of notifier `{name}` has no scheme"
            hint = "for example `slack://${env:SLACK_TOKEN}/#data` or `file:alerts.ndjson`"
            found.append(document.problem("notifier-invalid", text, where, hint=hint))
    return found


def _names(
    document: Document, names: Json | None, known: Mapping[str, Json], path: Path
) -> list[Problem]:
    found = []
    for index, name in enumerate(_list(names)):
        if isinstance(name, str) and name not in known:
            text = f"there is no notifier {show(name)}"
            hint = did_you_mean(name, known) if known else "add it to `notifiers`"
            found.append(document.problem("notifier-unknown", text, (*path, index), hint=hint))
    return found


def _durations(document: Document, route: Mapping[str, Json], path: Path) -> list[Problem]:
    found = []
    for key in ("digest", "repeat"):
        value = route.get(key)
        if isinstance(value, str) and find_duration(value) is None:
            text = f"{show(value)} is no time span of up to ten years"
            hint = "for example 30m, 4h or 1d"
            found.append(document.problem("duration-invalid", text, (*path, key), hint=hint))
    return found


def _quiet(document: Document, quiet: Json | None, path: Path) -> list[Problem]:
    raw, found = _mapping(quiet), []
    zone = raw.get("zone")
    if isinstance(zone, str) and zone not in available_timezones():
        hint = nearest_hint(zone, available_timezones(), "for example `UTC` or `Europe/Berlin`")
        text = f"{show(zone)} is not a time zone"
        found.append(document.problem("timezone-unknown", text, (*path, "zone"), hint=hint))
    begin = find_clock(raw.get("from"))
    if begin is not None and begin == find_clock(raw.get("to")):
        text = f"the quiet hours begin and end at `{begin:%H:%M}`"
        hint = 'for a whole day write from: "00:00", to: "23:59"'
        found.append(document.problem("quiet-empty", text, (*path, "to"), hint=hint))
    return found


def _mapping(value: Json | None) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _list(value: Json | None) -> list[Json]:
    return value if isinstance(value, list) else []
