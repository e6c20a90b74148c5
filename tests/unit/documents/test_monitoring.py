"""How a port is watched is read from build.yaml and the contract, and changes nothing that is built."""

from typing import Any

from meshwright.documents.contract_reader import contract_from
from meshwright.documents.monitoring import read_monitoring
from meshwright.model.monitoring import UNWATCHED, Monitor, Monitoring


def contract(*custom: dict[str, Any], of_object: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    table: dict[str, Any] = {"name": "t", "properties": [{"name": "a"}]}
    if of_object:
        table["customProperties"] = list(of_object)
    raw = {"id": "c", "version": "1.0.0", "apiVersion": "v3.2.0", "schema": [table]}
    return {**raw, "customProperties": list(custom)} if custom else raw


def observe(**said: Any) -> dict[str, Any]:
    return {"property": "observe", "value": said}


def test_nothing_said_means_nothing_more_is_watched() -> None:
    assert read_monitoring("t", {}, contract_from(contract())) is UNWATCHED


def test_what_the_contract_says_counts_before_build_yaml() -> None:
    kept = {"observe": {"time": "a", "every": "hour", "sensitivity": "high", "by": "b"}}
    said = contract(observe(every="week"), of_object=(observe(every="month", by=["c", "d"]),))
    assert read_monitoring("t", kept, contract_from(said)) == Monitoring(
        time="a", every="week", by=("c", "d"), sensitivity={"": "high"}
    )


def test_monitors_and_sensitivities_are_read_by_metric() -> None:
    monitors = [
        {"metric": "rows", "detector": "threshold", "options": {"minimum": 5}},
        {"metric": "mean", "column": "a"},
    ]
    kept = {"observe": {"sensitivity": {"psi": "off"}, "monitors": monitors, "anomalies": "reject"}}
    assert read_monitoring("t", kept, None) == Monitoring(
        sensitivity={"psi": "off"},
        anomalies="reject",
        monitors=(Monitor("rows", "", "threshold", {"minimum": 5}), Monitor("mean", "a")),
    )


def test_a_contract_promises_the_same_however_it_is_watched() -> None:
    plain, other = contract(), {"property": "team", "value": "x"}
    watched = contract(observe(by="a"), of_object=(observe(time="a"),))
    assert contract_from(watched).digest == contract_from(plain).digest
    assert contract_from(contract(observe(), other)).digest == contract_from(contract(other)).digest
    assert contract_from(contract(other)).digest != contract_from(plain).digest
