"""Detectors of how a person is reached, and of the traces that devices leave."""

import re

from meshwright.govern.classifying.finding import Finding, Seen, named, percent
from meshwright.govern.classifying.postal import postal_share
from meshwright.govern.classifying.validators import (
    is_coordinate,
    is_email,
    is_international_phone,
    is_ip,
    phone_share,
    share,
)
from meshwright.govern.classifying.values import VERSIONS

_IN_TEXT = re.compile(
    r"[\w.+\-]{2,}@[\w\-]+\.[\w.\-]{2,}"
    r"|\+\d{1,3}[ \-(]\(?\d{2,4}\)?[ \-]\d{3}[ \-]?\d{2,}"
    r"|\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}\b"
)


def find_email(seen: Seen) -> Finding | None:
    """E-mail addresses, by their form."""
    looks = seen.sample.share("email")
    word = seen.header.word("email")
    if looks < (0.4 if word else 0.7):
        return None
    good = share(seen.sample.values, is_email)
    if good < (0.4 if word else 0.7):
        return None
    return seen.found(
        "email", 0.98 if word else 0.96, named(word), percent("e-mail addresses", good)
    )


def find_phone(seen: Seen) -> Finding | None:
    """Phone numbers: valid in E.164, or of the form that the header lets expect."""
    sample = seen.sample
    looks, word = sample.share("phone"), seen.header.word("phone")
    if looks < 0.6 or sample.share("date") > 0.5 or sample.share("ip") > 0.5 or sample.length < 5:
        return None
    if word and sample.distinctness > 0.2:
        return seen.found("phone", 0.92, named(word), percent("shape of phone numbers", looks))
    if sample.share("plus") >= 0.5:
        with_plus = [value for value in sample.values if value.startswith("+")]
        good = share(with_plus, is_international_phone)
        if good >= 0.5:
            return seen.found("phone", 0.88, percent("valid in E.164", good))
    if seen.header.word("phone", weak=True):
        good, country = phone_share(sample.values)
        if good >= 0.5:
            weak = seen.header.word("phone", weak=True)
            return seen.found(
                "phone", 0.8, named(weak), percent(f"valid numbers of {country}", good)
            )
    if seen.is_text and sample.share("dashed_phone") >= 0.7 and sample.distinctness > 0.2:
        good, country = phone_share(sample.values)
        if good >= 0.4:
            return seen.found("phone", 0.75, percent(f"valid numbers of {country}", good))
    return None


def find_ip(seen: Seen) -> Finding | None:
    """IPv4 and IPv6 addresses; not versions of four parts."""
    if seen.sample.share("ip") < 0.8 or seen.header.has(VERSIONS) or seen.sample.share("mac") > 0.5:
        return None
    good = share(seen.sample.values, is_ip)
    if good < 0.8:
        return None
    word = seen.header.word("ip_address")
    return seen.found(
        "ip_address", 0.97 if word else 0.9, named(word), percent("IP addresses", good)
    )


def find_mac(seen: Seen) -> Finding | None:
    """Hardware addresses."""
    good = seen.sample.share("mac")
    if good < 0.8:
        return None
    word = seen.header.word("mac_address")
    return seen.found(
        "mac_address", 0.97 if word else 0.9, named(word), percent("hardware addresses", good)
    )


def find_device(seen: Seen) -> Finding | None:
    """Identifiers of devices and browsers: the header, with long random values."""
    word, looks = seen.header.word("device_id"), seen.sample.share("hex")
    if not word or looks < 0.6 or seen.sample.distinctness < 0.05:
        return None
    return seen.found("device_id", 0.88, named(word), percent("long random values", looks))


def find_username(seen: Seen) -> Finding | None:
    """Names of accounts: the header, with values in one word that rarely repeat."""
    word, sample = seen.header.word("username"), seen.sample
    is_account = (
        sample.share("token") >= 0.7 or sample.share("email") >= 0.5 or sample.share("url") >= 0.5
    )
    if not word or not seen.is_text or not is_account or sample.distinctness < 0.3:
        return None
    if sample.share("number") > 0.9 or sample.share("date") > 0.5 or sample.length > 60:
        return None
    return seen.found(
        "username", 0.86, named(word), percent("values in one word", sample.share("token"))
    )


def find_address(seen: Seen) -> Finding | None:
    """Street addresses, where the rows are persons or the header says that somebody lives there."""
    sample, word = seen.sample, seen.header.word("address")
    weak = word or seen.header.word("address", weak=True)
    if not weak or not seen.is_text or sample.distinctness < 0.2 or not 4 <= sample.length <= 120:
        return None
    if max(sample.share(s) for s in ("email", "ip", "mac", "url", "hex", "number", "date")) > 0.4:
        return None
    looks = sample.share("address")
    reasons = (named(weak), percent("street and number", looks), seen.around.persons)
    if seen.around.things and not seen.around.persons:
        return seen.found("address", 0.35, *reasons)
    if looks >= 0.4:
        return seen.found("address", 0.88 if word or seen.around.persons else 0.65, *reasons)
    if seen.around.persons and sample.length >= 5 and sample.distinct > 10:
        return seen.found("address", 0.7, *reasons)
    return None


def find_postal_code(seen: Seen) -> Finding | None:
    """Postal codes of one country, where the rows are persons."""
    word = seen.header.word("postal_code", weak=True)
    if not word or not seen.around.persons or seen.sample.distinct < 3:
        return None
    looks = postal_share(seen.sample.values)
    if looks < 0.7:
        return None
    return seen.found(
        "postal_code",
        0.85,
        named(word),
        percent("postal codes of one country", looks),
        seen.around.persons,
    )


def find_location(seen: Seen) -> Finding | None:
    """Where a person is, lives or was born; the place of anything else is not personal."""
    sample, word = seen.sample, seen.header.word("location")
    degrees = (
        share(sample.values, lambda value: is_coordinate(value, 180.0))
        if sample.share("number") > 0.8
        else 0.0
    )
    if word and (sample.share("words") > 0.5 or degrees > 0.5 or sample.share("pair") > 0.5):
        return seen.found("location", 0.8, named(word), seen.around.persons)
    weak = seen.header.word("location", weak=True)
    if not seen.around.persons or seen.around.things or not weak:
        return None
    looks = max(degrees, sample.share("pair"))
    if looks < 0.8:
        return None
    return seen.found(
        "location", 0.72, named(weak), percent("coordinates", looks), seen.around.persons
    )


def find_in_text(seen: Seen) -> Finding | None:
    """Free text in which addresses, numbers or accounts are written."""
    sample = seen.sample
    if not seen.is_text or sample.words < 4 or sample.share("email") > 0.5:
        return None
    good = share(sample.values, lambda value: _IN_TEXT.search(value) is not None, 1_000)
    if good < 0.03 or good * len(sample.values) < 3:
        return None
    return seen.found(
        "contact_in_text", 0.8, percent("text with an e-mail address, number or account", good)
    )
