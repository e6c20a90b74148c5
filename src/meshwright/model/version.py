"""Builds and versions: what was made, from what, and which files it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from meshwright.model.address import Address
from meshwright.model.table import Column, DataFile


@dataclass(frozen=True, slots=True)
class InputStamp:
    """Which version of an input a build read: a foreign port's data version, or a source's digest."""

    input: str
    address: str  # `domain.product.port`, or the source's description
    stamp: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class PortVersion:
    """One port within a version. `data_version` is the version in which its rows last changed."""

    port: str
    location: str  # folder of the table; relative to the mesh's data folder, or absolute
    data_version: int
    contract: str  # digest
    contract_version: str
    code: str  # fingerprint of the model and all that it reads
    columns: tuple[Column, ...]
    rows: int
    bytes: int
    added: tuple[DataFile, ...] = ()
    removed: tuple[str, ...] = ()  # paths, relative to the location
    quarantined: int = 0
    done: tuple[
        tuple[str, str], ...
    ] = ()  # of an append port: ISO ranges of the intervals it holds


@dataclass(frozen=True, slots=True)
class Version:
    """What a build published: immutable."""

    product: Address
    number: int
    build: str
    semver: str
    code: str
    published: datetime
    ports: Mapping[str, PortVersion] = field(default_factory=dict)
    inputs: tuple[InputStamp, ...] = ()
    base: int | None = None
    as_of: str = ""
    actor: str = ""
    is_served: bool = False
    is_vacuumed: bool = False
    waiver: str = ""
