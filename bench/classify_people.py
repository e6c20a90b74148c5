"""Invented people and companies for `bench/classify.py`: by locale, under headers as people write them.

Who runs it: `classify_data.py`, in the environment `columns`. Each table is a list of columns
(header, label, values); a label of '' is nothing personal, `?` is left out of the count. Gaps, words for
"nothing", stray spaces, other spellings and plainly wrong values are mixed in by `worn`.
"""

import random
import string
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from classify_headers import HEADERS, LANGUAGES
from faker import Faker

Column = tuple[str, str, list[object]]
DEV = (
    "en_US", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "sv_SE", "pt_BR", "tr_TR", "en_GB", "ja_JP",
)  # fmt: skip
HELD_OUT = (
    "en_IN", "de_AT", "fr_CA", "es_MX", "pt_PT", "da_DK", "fi_FI", "cs_CZ", "no_NO", "hu_HU", "ro_RO", "ko_KR",
    "ru_RU", "zh_CN", "el_GR", "en_AU",
)  # fmt: skip
GAPS = ("n/a", "-", "unknown", "?", "NULL", "none", "")


class Maker:
    """Makes the tables of one locale."""

    def __init__(self, locale: str, seed: int) -> None:
        self.locale = locale
        self.random = random.Random(seed)
        self.fake = Faker(locale)
        self.fake.seed_instance(seed)
        self.cards = Faker("en_US")  # networks have no country
        self.cards.seed_instance(seed)
        self.language = LANGUAGES[locale]

    def header(self, kind: str) -> str:
        """Return a header of a kind: in the language of the locale, or in English, in some spelling."""
        native, english = HEADERS[kind].get(self.language, ()), HEADERS[kind]["en"]
        pool = native if native and self.random.random() < 0.75 else english
        return self._spelled(self.random.choice(pool))

    def _spelled(self, words: str) -> str:
        parts = words.split()
        style = self.random.choice(
            ("snake", "snake", "camel", "pascal", "upper", "spaces", "prefix")
        )
        if style == "camel":
            return parts[0] + "".join(p.capitalize() for p in parts[1:])
        if style == "pascal":
            return "".join(p.capitalize() for p in parts)
        if style == "upper":
            return "_".join(parts).upper()
        if style == "spaces":
            return " ".join(p.capitalize() for p in parts)
        prefix = (
            self.random.choice(("", "", "cust_", "user_", "x_", "t_")) if style == "prefix" else ""
        )
        return prefix + "_".join(parts)

    def column(
        self, kind: str, make: Callable[[], object], rows: int, label: str | None = None
    ) -> Column:
        """Return one column of a kind, worn."""
        name = kind if label is None else label
        return self.header(kind), name, self.worn([make() for _ in range(rows)])

    def worn(self, values: list[object]) -> list[object]:
        """Return values with gaps, words for nothing, spaces around, and a few that are wrong."""
        gap = self.random.choice((0.0, 0.05, 0.15, 0.35))
        word = self.random.choice((0.0, 0.0, 0.03))
        wrong = self.random.choice((0.0, 0.01, 0.04))
        said = self.random.choice(GAPS)
        result: list[object] = []
        for value in values:
            drawn = self.random.random()
            if drawn < gap:
                result.append(None)
            elif drawn < gap + word and isinstance(value, str):
                result.append(said)
            elif drawn < gap + word + wrong and isinstance(value, str):
                result.append("".join(self.random.sample(value, len(value))))
            elif drawn < gap + word + wrong + 0.02 and isinstance(value, str):
                result.append(f" {value} ")
            else:
                result.append(value)
        return result

    def pick(self, *choices: object) -> Callable[[], object]:
        return lambda: self.random.choice(choices)

    def digits(self, count: int) -> str:
        return "".join(self.random.choice(string.digits) for _ in range(count))

    def day(self, first: date, last: date, form: str = "") -> object:
        found = first + timedelta(days=self.random.randrange((last - first).days))
        return found.strftime(form) if form else found

    def luhn(self, prefix: str, length: int) -> str:
        """Return a number with a Luhn digit that is no card: its prefix is of no network."""
        body = prefix + self.digits(length - len(prefix) - 1)
        total = 0
        for place, digit in enumerate(reversed(body)):
            number = int(digit) * (2 if place % 2 == 0 else 1)
            total += number - 9 if number > 9 else number
        return body + str(-total % 10)

    # tables

    def customers(self, rows: int) -> list[Column]:
        form = self.random.choice(("", "%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%Y%m%d"))
        first, last = date(1930, 1, 1), date(2006, 1, 1)
        return [
            *self._keys("customer", rows),
            self.column("first_name", self.fake.first_name, rows, "person_name"),
            self.column("last_name", self.fake.last_name, rows, "person_name"),
            self.column("email", self.fake.email, rows),
            self.column("phone", self.fake.phone_number, rows),
            self.column("birth_date", lambda: self.day(first, last, form), rows),
            self.column("address", self._street, rows),
            self.column("postal_code", self.fake.postcode, rows),
            ("email_verified", "", [self.random.random() < 0.9 for _ in range(rows)]),
            ("phone_count", "", [self.random.randrange(3) for _ in range(rows)]),
            ("order_total", "", [round(self.random.random() * 900, 2) for _ in range(rows)]),
            ("segment", "", [self.random.choice(("A", "B", "C")) for _ in range(rows)]),
            (
                "signup_date",
                "",
                [self.day(date(2015, 1, 1), date(2026, 1, 1)) for _ in range(rows)],
            ),
        ]

    def employees(self, rows: int) -> list[Column]:
        found = [
            *self._keys("employee", rows),
            self.column("full_name", self.fake.name, rows, "person_name"),
            self.column("gender", self._gender(), rows),
            self.column("income", lambda: self.random.randrange(18_000, 160_000, 50), rows),
            self.column("iban", self.fake.iban, rows, "bank_account"),
            (
                "department",
                "",
                [self.random.choice(("R&D", "Sales", "Ops", "HR")) for _ in range(rows)],
            ),
            ("hire_date", "", [self.day(date(1995, 1, 1), date(2026, 1, 1)) for _ in range(rows)]),
            ("cost_center", "", [f"CC{self.digits(4)}" for _ in range(rows)]),
            ("job_title", "", [self.fake.job() for _ in range(rows)]),
        ]
        if make := self._national():
            found.append(self.column("national_id", make, rows))
        return found

    def accounts(self, rows: int) -> list[Column]:
        return [
            *self._keys("user", rows),
            self.column("username", self.fake.user_name, rows),
            self.column("ip_address", self.pick_ip, rows),
            self.column("mac_address", self.fake.mac_address, rows),
            self.column("payment_card", self._card, rows),
            self.column("credential", lambda: self.fake.sha256(), rows),
            self.column("device_id", lambda: self.fake.uuid4(), rows),
            ("session", "", [self.fake.uuid4() for _ in range(rows)]),
            ("app_version", "", [f"{self.random.randrange(9)}.{self.random.randrange(20)}.{self.random.randrange(9)}" for _ in range(rows)]),
            ("user_agent", "?", [self.fake.user_agent() for _ in range(rows)]),
            ("created_at", "", [f"{self.day(date(2019, 1, 1), date(2026, 1, 1))} 10:{self.digits(1)}1:00" for _ in range(rows)]),
            ("login_count", "", [self.random.randrange(500) for _ in range(rows)]),
        ]  # fmt: skip

    def patients(self, rows: int) -> list[Column]:
        codes = [
            f"{self.random.choice('ABCDEFGHIJKLMNOPQRSTZ')}{self.digits(2)}.{self.digits(1)}"
            for _ in range(90)
        ]
        return [
            *self._keys("patient", rows),
            self.column("full_name", lambda: f"{self.fake.last_name()}, {self.fake.first_name()}", rows, "person_name"),
            self.column("age", lambda: self.random.randrange(0, 99), rows),
            self.column("blood_type", self.pick("A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-"), rows, "health"),
            self.column("diagnosis", self.pick(*codes), rows, "health"),
            self.column("religion", self.pick(*HEADERS["religions"]["en"]), rows),
            self.column("ethnicity", self.pick("Asian", "Black", "White", "Mixed", "Hispanic", "Other"), rows),
            self.column("marital_status", self.pick("single", "married", "divorced", "widowed"), rows),
            ("ward", "", [f"W{self.random.randrange(1, 12)}" for _ in range(rows)]),
            ("admitted", "", [self.day(date(2020, 1, 1), date(2026, 1, 1)) for _ in range(rows)]),
            ("heart_rate", "?", [self.random.randrange(50, 120) for _ in range(rows)]),
        ]  # fmt: skip

    def export(self, rows: int) -> list[Column]:
        """Return personal columns of which the header says nothing."""
        return [
            ("col_1", "", list(range(1, rows + 1))),
            ("col_2", "email", self.worn([self.fake.email() for _ in range(rows)])),
            ("col_3", "bank_account", self.worn([self.fake.iban() for _ in range(rows)])),
            ("col_4", "payment_card", self.worn([self._card() for _ in range(rows)])),
            ("col_5", "ip_address", self.worn([self.pick_ip() for _ in range(rows)])),
            ("col_6", "", [self.luhn("9", 16) for _ in range(rows)]),
            ("col_7", "", [self.digits(13) for _ in range(rows)]),
            ("col_8", "person_name", self.worn([self.fake.name() for _ in range(rows)])),
        ]

    def shops(self, rows: int) -> list[Column]:
        """Return places and companies: nothing here is personal, however much it looks like it."""
        lat, lon = self.random.uniform(-50, 60), self.random.uniform(-120, 140)
        return [
            self._key("store", rows),
            (self._spelled("store name"), "", [f"{self.fake.company()}" for _ in range(rows)]),
            ("name", "", [f"{self.fake.city()} {self.random.choice(('Station', 'Airport', 'Mall', 'Clinic', 'Hotel'))}" for _ in range(rows)]),
            ("store_address", "", [self.fake.street_address() for _ in range(rows)]),
            ("latitude", "", [round(lat + self.random.uniform(-3, 3), 5) for _ in range(rows)]),
            ("longitude", "", [round(lon + self.random.uniform(-3, 3), 5) for _ in range(rows)]),
            ("store_size", "", [self.random.randrange(40, 4000) for _ in range(rows)]),
            ("phone", "?", [self.fake.phone_number() for _ in range(rows)]),
            ("zip", "", [self.fake.postcode() for _ in range(rows)]),
            ("opened", "", [self.day(date(1950, 1, 1), date(2024, 1, 1)) for _ in range(rows)]),
            ("city", "?", [self.fake.city() for _ in range(rows)]),
        ]  # fmt: skip

    def orders(self, rows: int) -> list[Column]:
        """Return what has a check digit, a header or a shape that detectors fall for."""
        return [
            ("order_id", "", [self.luhn("7", 12) for _ in range(rows)]),
            ("product_name", "", [f"{self.fake.color_name()} {self.random.choice(('Chair', 'Rose', 'Lily', 'Jack', 'Grace', 'Table'))}" for _ in range(rows)]),
            ("brand", "", [self.fake.last_name() for _ in range(rows)]),
            ("ean", "", [self.fake.ean13() for _ in range(rows)]),
            ("isbn", "", [self.fake.isbn13() for _ in range(rows)]),
            ("tracking_number", "", [self.luhn("8", 16) for _ in range(rows)]),
            ("name_length", "", [self.random.randrange(3, 30) for _ in range(rows)]),
            ("email_status", "", [self.random.choice(("sent", "bounced", "opened")) for _ in range(rows)]),
            ("address_type", "", [self.random.choice(("billing", "shipping")) for _ in range(rows)]),
            ("phone_verified", "", [self.random.choice(("Y", "N")) for _ in range(rows)]),
            ("card_type", "", [self.random.choice(("Visa", "Amex", "Maestro")) for _ in range(rows)]),
            ("birth_date_known", "", [self.random.random() < 0.5 for _ in range(rows)]),
            ("version", "", [f"{self.random.randrange(9)}.{self.random.randrange(20)}.{self.random.randrange(9)}.{self.random.randrange(300, 999)}" for _ in range(rows)]),
            ("epoch", "", [1_500_000_000 + self.random.randrange(200_000_000) for _ in range(rows)]),
            ("race_time", "", [f"{self.random.randrange(1, 4)}:{self.random.randrange(10, 59)}:10" for _ in range(rows)]),
            ("file_name", "", [self.fake.file_name() for _ in range(rows)]),
            ("age_days", "", [self.random.randrange(0, 100) for _ in range(rows)]),
        ]  # fmt: skip

    # parts

    def _keys(self, thing: str, rows: int) -> Iterator[Column]:
        yield self._key(thing, rows)

    def _key(self, thing: str, rows: int) -> Column:
        start = self.random.randrange(1, 10**6)
        return self._spelled(f"{thing} id"), "", [start + number for number in range(rows)]

    def _street(self) -> object:
        return self.fake.street_address()

    def _gender(self) -> Callable[[], object]:
        return self.pick(*self.random.choice((("M", "F"), ("male", "female"), HEADERS["genders"].get(self.language, ("m", "f", "x")))))  # fmt: skip

    def pick_ip(self) -> object:
        return self.fake.ipv4() if self.random.random() < 0.95 else self.fake.ipv6()

    def _card(self) -> object:
        number = self.cards.credit_card_number(self.random.choice(("visa", "mastercard", "amex")))
        return (
            f"{number[:4]} {number[4:8]} {number[8:12]} {number[12:]}"
            if self.random.random() < 0.2
            else number
        )

    def _national(self) -> Callable[[], object] | None:
        makers = {"pt_BR": "cpf", "es_MX": "curp", "pl_PL": "pesel"}
        name = makers.get(self.locale, "ssn")
        return getattr(self.fake, name, None)


def tables(locale: str, seed: int) -> Iterator[tuple[str, list[Column]]]:
    """Yield the tables of one locale by name."""
    maker = Maker(locale, seed)
    for name in ("customers", "employees", "accounts", "patients", "export", "shops", "orders"):
        rows = maker.random.choice((150, 400, 1500, 3000))
        yield f"{locale}/{name}", getattr(maker, name)(rows)
