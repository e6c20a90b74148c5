"""A session's settings: those that drivers ask for, set and are told of. Only a few change anything here."""

import re
from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from meshwright.serve.sql.faults import WireError

SERVER_VERSION = "15.0"
PURPOSE, AS_OF, SEARCH_PATH, STATEMENT_TIMEOUT = (
    "meshwright.purpose", "meshwright.as_of", "search_path", "statement_timeout",
)  # fmt: skip
_ENCODINGS = frozenset(("utf8", "unicode", "sqlascii"))
_REPORTED = (
    "application_name", "client_encoding", "DateStyle", "default_transaction_read_only", "in_hot_standby",
    "integer_datetimes", "IntervalStyle", "is_superuser", "server_encoding", "server_version",
    "session_authorization", "standard_conforming_strings", "TimeZone",
)  # fmt: skip
_FIXED = frozenset(
    ("server_version", "server_version_num", "server_encoding", "integer_datetimes", "is_superuser",
     "in_hot_standby", "max_identifier_length", "session_authorization", "block_size", "lc_collate",
     "lc_ctype",
     "ssl", "transaction_read_only", "default_transaction_read_only")
)  # fmt: skip
_DEFAULTS = {
    "application_name": "",
    "bytea_output": "hex",
    "client_encoding": "UTF8",
    "client_min_messages": "notice",
    "DateStyle": "ISO, MDY",
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "on",
    "extra_float_digits": "1",
    "block_size": "8192",
    "in_hot_standby": "off",
    "integer_datetimes": "on",
    "IntervalStyle": "postgres",
    "is_superuser": "off",
    "lc_collate": "C.UTF-8",
    "lc_ctype": "C.UTF-8",
    "lock_timeout": "0",
    "max_identifier_length": "63",
    PURPOSE: "",
    AS_OF: "",
    "role": "none",
    SEARCH_PATH: '"$user", public',
    "server_encoding": "UTF8",
    "server_version": f"{SERVER_VERSION} (Meshwright)",
    "server_version_num": "150000",
    "session_authorization": "",
    "ssl": "off",
    "standard_conforming_strings": "on",
    STATEMENT_TIMEOUT: "0",
    "TimeZone": "UTC",
    "transaction_isolation": "read committed",
    "transaction_read_only": "on",
}
_TRUE_NAMES = {name.lower(): name for name in _DEFAULTS}
_MOST = 200  # settings of a session's own, and characters of a value: 4 KB
_DURATION = re.compile(r"(\d+)\s*(us|ms|s|min|h|d)?", re.IGNORECASE)
_UNITS = {"us": 0.000001, "ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


class Settings:
    """Names fold to lower case; whatever is not known here may be set, and comes back as it was said."""

    def __init__(self, startup: Mapping[str, str], **fixed: str) -> None:
        self._start = dict(_DEFAULTS) | fixed
        self._now = dict(self._start)
        for name, value in startup.items():
            self._take(name, value, must=False)
        self._start = dict(self._now)

    def get(self, name: str) -> str:
        """Return a setting; raise `WireError` (42704) for one that is not known."""
        true = self._true_name(name)
        if true not in self._now:
            raise WireError("42704", f'unrecognized configuration parameter "{name}"')
        return self._now[true]

    def find(self, name: str) -> str:
        """Return a setting; '' where there is none."""
        return self._now.get(self._true_name(name), "")

    def set(self, name: str, value: str) -> list[tuple[str, str]]:
        """Set one; return what the client is to be told of."""
        return self._take(name, value, must=True)

    def reset(self, name: str = "") -> list[tuple[str, str]]:
        """Set one, or all, back to what they were when the session began."""
        true = self._true_name(name)
        if name and true not in self._now:
            raise WireError("42704", f'unrecognized configuration parameter "{name}"')
        before = dict(self._now)
        if name:
            self._now[true] = self._start.get(true, "")
        else:
            self._now = dict(self._start)
        return [(n, self._now[n]) for n in _REPORTED if self._now[n] != before[n]]

    def reported(self) -> list[tuple[str, str]]:
        """Return what every client is told at the start."""
        return [(name, self._now[name]) for name in _REPORTED]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(sorted(self._now.items(), key=lambda item: item[0].lower()))

    @property
    def timeout(self) -> float:
        """Return the statement timeout in seconds; 0 for none."""
        found = _DURATION.fullmatch(self._now[STATEMENT_TIMEOUT].strip())
        return int(found[1]) * _UNITS[(found[2] or "ms").lower()] if found else 0.0

    @property
    def path(self) -> tuple[str, ...]:
        """Return the schemas in which an unqualified name is looked for."""
        parts = re.findall(r'"((?:[^"]|"")*)"|([^\s,"]+)', self._now[SEARCH_PATH])
        named = (quoted.replace('""', '"') or plain.lower() for quoted, plain in parts)
        return tuple(name for name in named if name not in ("$user", "public"))

    def _true_name(self, name: str) -> str:
        return _TRUE_NAMES.get(name.lower(), name.lower())

    def _take(self, name: str, value: str, *, must: bool) -> list[tuple[str, str]]:
        true = self._true_name(name)
        if true in _FIXED:
            if must and value.lower() != self._now[true].lower():
                raise WireError("55P02", f'parameter "{name}" cannot be changed')
            return []
        if len(value) > 4096 or (true not in self._now and len(self._now) > _MOST):
            raise WireError("54000", "a session has too many or too long settings")
        self._check(true, value)
        value = "UTF8" if true == "client_encoding" else value
        if self._now.get(true) == value:
            return []
        self._now[true] = value
        return [(true, value)] if true in _REPORTED else []

    def _check(self, name: str, value: str) -> None:
        if name == "client_encoding":
            plain = value.lower().replace("-", "").replace("_", "")
            if plain not in _ENCODINGS:
                raise WireError(
                    "22023", f'the encoding "{value}" is not spoken here', hint="use UTF8"
                )
        elif name == STATEMENT_TIMEOUT and not _DURATION.fullmatch(value.strip()):
            raise WireError("22023", f'invalid value for parameter "{name}": "{value}"')
        elif name == "TimeZone":
            _check_zone(value)
        elif name == "standard_conforming_strings" and value.lower() not in ("on", "true", "1"):
            raise WireError("0A000", "strings conform to the standard here")


def _check_zone(value: str) -> None:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError) as error:
        if re.fullmatch(r"(?:(?:UTC|GMT)?[+-]?\d{1,2}(?::?\d{2})?|<.*>.*)", value, re.IGNORECASE):
            return
        raise WireError("22023", f'invalid value for parameter "TimeZone": "{value}"') from error


def startup_options(text: str) -> Mapping[str, str]:
    """Read `-c name=value` and `--name=value` of the connection option `options`."""
    words = [re.sub(r"\\(.)", r"\1", word) for word in re.findall(r"(?:\\.|[^\s\\])+", text)]
    found, is_next = {}, False
    for word in words:
        if word == "-c":
            is_next = True
            continue
        body = word if is_next else word[2:] if word[:2] in ("-c", "--") else ""
        is_next = False
        name, equals, value = body.partition("=")
        if equals:
            found[name.replace("-", "_")] = value
    return found
