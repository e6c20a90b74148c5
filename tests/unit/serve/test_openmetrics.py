"""OpenMetrics text, read back by the reference parser."""

from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from meshwright.model.address import Address
from meshwright.model.cost import Cost
from meshwright.model.health import Burning, Downtime, Level, PortHealth
from meshwright.serve.openmetrics import render, write_file

PORTS = (
    PortHealth(
        Address.parse("sales.orders.orders"),
        "broken",
        version=3,
        published=1_700_000_000.5,
        due=1_700_086_400.0,
        compliance=0.75,
        budget_left=-2.5,
        burning=Burning(14.4, 50.0, 3600.0, "critical"),
        levels=(Level("freshness", '2 "d"\n\\', False), Level("latency", "1 d", None)),
        downtime=Downtime(2, 1, 90.0),
        trend=(1.0, 5.0),
    ),
    PortHealth(Address.parse("sales.orders.totals"), "unknown"),
)
COSTS = (Cost("sales.orders", 4, 1, 2.5, 1000, 500),)


def samples(text: str) -> dict[tuple[str, str], float]:
    """Return every sample, by its name and the last of its labels' values."""
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_reference_parser_reads_what_is_written() -> None:
    found = samples(render(PORTS, COSTS))
    of = "sales,orders,orders"
    assert found[("mesh_port_compliance_ratio", of)] == 0.75
    assert found[("mesh_port_budget_left_ratio", of)] == -2.5
    assert found[("mesh_port_published_timestamp_seconds", of)] == 1_700_000_000.5
    assert found[("mesh_port_rows", of)] == 5
    assert found[("mesh_port_burn_rate", of)] == 50
    assert found[("mesh_port_open_incidents", of)] == 1
    assert found[("mesh_port_health", f"{of},broken")] == 1
    assert found[("mesh_port_health", f"{of},healthy")] == 0
    assert found[("mesh_builds_total", "sales.orders")] == 4
    assert found[("mesh_build_seconds_total", "sales.orders")] == 2.5


def test_what_is_not_known_has_no_sample() -> None:
    found = samples(render(PORTS))
    assert ("mesh_port_compliance_ratio", "sales,orders,totals") not in found
    assert ("mesh_port_version", "sales,orders,totals") not in found


def test_labels_are_escaped_and_unmeasured_levels_left_out() -> None:
    found = [name for name in samples(render(PORTS)) if name[0] == "mesh_port_service_level_met"]
    assert found == [("mesh_port_service_level_met", 'sales,orders,orders,freshness,2 "d"\n\\')]


def test_an_empty_mesh_is_valid_text() -> None:
    assert samples(render(())) == {}


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "mesh.prom"
    write_file(target, "one")
    write_file(target, "two")
    assert target.read_text() == "two"
    with pytest.raises(UnicodeEncodeError):
        write_file(target, "\ud800")
    assert target.read_text() == "two"
    assert [path.name for path in tmp_path.iterdir()] == ["mesh.prom"]
