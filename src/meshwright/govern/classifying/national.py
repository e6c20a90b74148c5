"""National and tax identifiers of persons in some forty countries, by their check digits.

The rules are those of `python-stdnum`. A number that chance makes good easily, or
that other things share (a Luhn digit alone), is `weak`: it counts only where the header says so too.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module

from meshwright.govern.classifying.validators import MOST, share

ENOUGH = 0.75
_PROBE = 8


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme: the module of `stdnum`, what a value looks like without separators, digits when whole."""

    module: str
    shape: str
    country: str
    is_weak: bool = False
    zeros: int = 0  # digits to which a number that lost its leading zeros is filled up


SCHEMES = (
    Scheme("ca.sin", r"\d{9}", "CA", is_weak=True, zeros=9), Scheme("gb.nhs", r"\d{10}", "GB", zeros=10),
    Scheme("gb.utr", r"\d{10}K?", "GB", is_weak=True, zeros=10), Scheme("ie.pps", r"\d{7}[A-W][ABHWTX]?", "IE"),
    Scheme("de.idnr", r"\d{11}", "DE"), Scheme("at.vnr", r"\d{10}", "AT"), Scheme("ch.ssn", r"756\d{10}", "CH"),
    Scheme("fr.nir", r"[12]\d{4}[\dAB]{2}\d{8}", "FR"), Scheme("fr.nif", r"[0-3]\d{12}", "FR"),
    Scheme("be.nn", r"\d{11}", "BE", zeros=11), Scheme("nl.bsn", r"\d{9}", "NL", zeros=9),
    Scheme("es.dni", r"\d{8}[A-Z]", "ES"), Scheme("es.nie", r"[XYZ]\d{7}[A-Z]", "ES"),
    Scheme("es.nif", r"[\dXYZKLM]\d{7}[A-Z]", "ES"), Scheme("pt.nif", r"[123]\d{8}", "PT"),
    Scheme("pt.cc", r"\d{9}(?=\d?[A-Z])[A-Z\d]{2}\d", "PT"), Scheme("it.codicefiscale", r"[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]", "IT"),
    Scheme("pl.pesel", r"\d{11}", "PL", zeros=11), Scheme("cz.rc", r"\d{9,10}", "CZ", is_weak=True),
    Scheme("ro.cnp", r"[1-9]\d{12}", "RO"), Scheme("bg.egn", r"\d{10}", "BG", zeros=10),
    Scheme("hr.oib", r"\d{11}", "HR"), Scheme("si.emso", r"\d{13}", "SI", zeros=13),
    Scheme("se.personnummer", r"\d{10}|\d{12}", "SE"), Scheme("no.fodselsnummer", r"\d{11}", "NO", zeros=11),
    Scheme("dk.cpr", r"\d{10}", "DK", is_weak=True, zeros=10), Scheme("fi.hetu", r"\d{6}[A-Z+]?\d{3}[A-Z\d]", "FI"),
    Scheme("is_.kennitala", r"\d{10}", "IS", zeros=10), Scheme("ee.ik", r"[1-8]\d{10}", "EE"),
    Scheme("lt.asmens", r"[3-6]\d{10}", "LT"), Scheme("lv.pvn", r"\d{11}", "LV"),
    Scheme("gr.amka", r"\d{11}", "GR", zeros=11), Scheme("gr.vat", r"\d{9}", "GR", is_weak=True, zeros=9),
    Scheme("tr.tckimlik", r"[1-9]\d{10}", "TR"), Scheme("ru.inn", r"\d{12}", "RU"), Scheme("ua.rntrc", r"\d{10}", "UA"),
    Scheme("br.cpf", r"\d{11}", "BR", zeros=11), Scheme("ar.cuit", r"(20|23|24|27)\d{9}", "AR"),
    Scheme("cl.rut", r"\d{7,8}[\dK]", "CL"), Scheme("mx.curp", r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z\d]\d", "MX"),
    Scheme("mx.rfc", r"[A-ZÑ&]{4}\d{6}[A-Z\d]{3}", "MX"), Scheme("ec.ci", r"\d{10}", "EC", zeros=10),
    Scheme("do.cedula", r"\d{11}", "DO", is_weak=True, zeros=11), Scheme("in_.aadhaar", r"[2-9]\d{11}", "IN"),
    Scheme("in_.pan", r"[A-Z]{3}[ABCFGHLJPTK][A-Z]\d{4}[A-Z]", "IN"), Scheme("cn.ric", r"\d{17}[\dX]", "CN"),
    Scheme("kr.rrn", r"\d{13}", "KR"), Scheme("jp.in_", r"\d{12}", "JP"), Scheme("my.nric", r"\d{12}", "MY", is_weak=True),
    Scheme("id.nik", r"\d{16}", "ID", is_weak=True), Scheme("th.pin", r"[1-8]\d{12}", "TH"),
    Scheme("za.idnr", r"\d{13}", "ZA", zeros=13), Scheme("il.idnr", r"\d{9}", "IL", is_weak=True, zeros=9),
    Scheme("au.tfn", r"\d{8,9}", "AU", is_weak=True, zeros=9), Scheme("nz.ird", r"\d{8,9}", "NZ", is_weak=True), Scheme("pk.cnic", r"[1-7]\d{12}", "PK", is_weak=True),
    Scheme("us.ssn", r"\d{9}", "US", is_weak=True, zeros=9), Scheme("us.itin", r"9\d{8}", "US", is_weak=True),  # nearly any nine digits
)  # fmt: skip
_NINO = re.compile(r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]")
_SSN = re.compile(r"(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}")
_SEPARATORS = str.maketrans("", "", " -./\u00a0")


def find_scheme(values: Sequence[str], *, is_named: bool) -> tuple[str, float]:
    """Return the country of which most values are good identifiers, and the share; ('', 0) for none.

    `is_named`: the header says that the column holds identifiers, so that weak schemes count.
    """
    if share(values, lambda value: _SSN.fullmatch(value) is not None) >= ENOUGH:
        return "US", share(values, lambda value: _SSN.fullmatch(value) is not None)
    values = values[:MOST]
    compact = [value.translate(_SEPARATORS).upper() for value in values]
    if share(compact, lambda value: _NINO.fullmatch(value) is not None) >= ENOUGH:
        return "GB", share(compact, lambda value: _NINO.fullmatch(value) is not None)
    best, rank = ("", 0.0), (False, False, 0.0)
    for scheme in SCHEMES:
        if scheme.is_weak and not is_named:
            continue
        found = _share(scheme, values, compact, scheme.zeros if is_named else 0)
        is_whole = not scheme.zeros or min(map(len, compact), default=0) >= scheme.zeros
        mine = (is_whole, not scheme.is_weak, found)
        if found >= ENOUGH and mine > rank:
            best, rank = (scheme.country, found), mine
    return best


def _share(scheme: Scheme, values: Sequence[str], compact: Sequence[str], zeros: int) -> float:
    shape, looked = _pattern(scheme.shape), compact[:_PROBE]
    allowed = (1 - ENOUGH) * len(looked) + 1
    for value in looked:
        allowed -= not _fits(shape, value, zeros)
        if allowed < 0:
            return 0.0
    is_valid = _validator(scheme.module)
    keep = scheme.module in ("fi.hetu", "se.personnummer")  # their sign means a century
    return share(
        values if keep else compact, lambda value: is_valid(value.zfill(zeros) if zeros else value)
    )


def _fits(shape: re.Pattern[str], value: str, zeros: int) -> bool:
    filled = value.zfill(zeros) if zeros - 2 <= len(value) < zeros else value
    return shape.fullmatch(filled) is not None


@lru_cache(maxsize=128)
def _pattern(shape: str) -> re.Pattern[str]:
    return re.compile(shape)


@lru_cache(maxsize=128)
def _validator(module: str) -> Callable[[str], bool]:
    valid: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
    return valid
