"""The kinds of personal and sensitive data that are looked for, and what each is to be declared as."""

from collections.abc import Mapping
from dataclasses import dataclass

from meshwright.model.classification import CONFIDENTIAL, RESTRICTED


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: the classification and the tags that a contract gets when an owner agrees."""

    name: str
    title: str
    classification: str = CONFIDENTIAL
    tags: tuple[str, ...] = ("pii",)


_SPECIAL = ("pii", "sensitive")

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("email", "e-mail address"),
        Kind("phone", "phone number"),
        Kind("person_name", "name of a person"),
        Kind("birth_date", "date or year of birth"),
        Kind("age", "age of a person"),
        Kind("gender", "sex or gender"),
        Kind("marital_status", "marital status"),
        Kind("nationality", "nationality"),
        Kind("address", "street address of a person"),
        Kind("postal_code", "postal code of a person"),
        Kind("location", "where a person is, lives or was born"),
        Kind("national_id", "national or tax identifier of a person", RESTRICTED),
        Kind(
            "document_number", "number of a passport, identity card or driving licence", RESTRICTED
        ),
        Kind("payment_card", "number of a payment card", RESTRICTED, ("pci", "pii")),
        Kind("bank_account", "bank account", RESTRICTED),
        Kind("income", "income of a person"),
        Kind("ip_address", "IP address"),
        Kind("mac_address", "hardware address"),
        Kind("device_id", "identifier of a device or browser"),
        Kind("username", "name of an account"),
        Kind("vehicle", "licence plate of a vehicle"),
        Kind("credential", "password, key or token", RESTRICTED, ("sensitive",)),
        Kind("health", "health", RESTRICTED, ("phi", "pii", "sensitive")),
        Kind("biometric", "biometric or genetic data", RESTRICTED, _SPECIAL),
        Kind("ethnicity", "racial or ethnic origin", RESTRICTED, _SPECIAL),
        Kind("religion", "religion or belief", RESTRICTED, _SPECIAL),
        Kind("politics", "political opinion or union membership", RESTRICTED, _SPECIAL),
        Kind("sexuality", "sexual orientation", RESTRICTED, _SPECIAL),
        Kind("crime", "criminal record", RESTRICTED, _SPECIAL),
        Kind("contact_in_text", "free text that holds e-mail addresses, phone or account numbers"),
    )
}
