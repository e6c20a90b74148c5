"""Write the DAG as a dbt project, a SQLMesh project, and the plain statements of the limit.

Every writer takes the same models and puts the project two folders below the one that holds
`sources/`, which it names relatively. With `tests`, dbt gets the checks of the contracts as tests
and SQLMesh as audits, the same eight for each model; without, none.
"""

from collections.abc import Sequence
from pathlib import Path

from descriptors import AMOUNT_MAXIMUM
from models_dag import CODE_PATTERN, SOURCES, STATUSES, Model

SCHEMA = "bench"
SOURCES_FROM_PROJECT = "../../sources"

DBT_PROJECT = """name: bench
version: "1.0.0"
profile: bench
model-paths: [models]
macro-paths: [macros]
flags:
  send_anonymous_usage_stats: false
models:
  bench:
    +materialized: table
"""

DBT_PROFILES = """bench:
  target: local
  outputs:
    local:
      type: duckdb
      path: warehouse.duckdb
      schema: bench
      threads: 2
"""

DBT_TESTS = """{% test in_range(model, column_name, minimum, maximum) %}
select * from {{ model }} where {{ column_name }} < {{ minimum }} or {{ column_name }} > {{ maximum }}
{% endtest %}

{% test at_least(model, column_name, minimum) %}
select * from {{ model }} where {{ column_name }} < {{ minimum }}
{% endtest %}

{% test matches(model, column_name, pattern) %}
select * from {{ model }} where not regexp_matches({{ column_name }}, '{{ pattern }}')
{% endtest %}

{% test has_rows(model) %}
select 1 from (select count(*) as n from {{ model }}) where n = 0
{% endtest %}
"""

SQLMESH_CONFIG = """gateways:
  local:
    connection:
      type: duckdb
      database: warehouse.duckdb
default_gateway: local
model_defaults:
  dialect: duckdb
  start: 2024-01-01
disable_anonymized_analytics: true
"""


def write_dbt(folder: Path, models: Sequence[Model], *, tests: bool = False) -> Path:
    """Write a dbt-duckdb project of materialised tables; return the folder of the models."""
    target = folder / "models"
    target.mkdir(parents=True)
    (folder / "macros").mkdir()
    (folder / "dbt_project.yml").write_text(DBT_PROJECT)
    (folder / "profiles.yml").write_text(DBT_PROFILES)
    (target / "sources.yml").write_text(_dbt_sources())
    for model in models:
        (target / f"{model.name}.sql").write_text(model.sql(_dbt_relation) + "\n")
    if tests:
        (folder / "macros" / "tests.sql").write_text(DBT_TESTS)
        listed = "".join(_dbt_tests(model) for model in models)
        (target / "models.yml").write_text(f"version: 2\nmodels:\n{listed}")
    return target


def _dbt_relation(name: str) -> str:
    return f"{{{{ source('raw', '{name}') }}}}" if name in SOURCES else f"{{{{ ref('{name}') }}}}"


def _dbt_sources() -> str:
    tables = "".join(f"      - name: {source}\n" for source in SOURCES)
    location = f"{SOURCES_FROM_PROJECT}/{{name}}.parquet"
    return (
        "version: 2\nsources:\n  - name: raw\n    config:\n      meta:\n"
        f'        external_location: "{location}"\n    tables:\n{tables}'
    )


def _dbt_tests(model: Model) -> str:
    return f"""  - name: {model.name}
    data_tests: [has_rows]
    columns:
      - name: id
        data_tests: [unique, not_null]
      - name: amount
        data_tests:
          - not_null
          - in_range: {{arguments: {{minimum: 0, maximum: {AMOUNT_MAXIMUM}}}}}
      - name: quantity
        data_tests:
          - at_least: {{arguments: {{minimum: 0}}}}
      - name: status
        data_tests:
          - accepted_values: {{arguments: {{values: {list(STATUSES)}}}}}
      - name: code
        data_tests:
          - matches: {{arguments: {{pattern: '{CODE_PATTERN}'}}}}
"""


def write_sqlmesh(folder: Path, models: Sequence[Model], *, tests: bool = False) -> Path:
    """Write a SQLMesh project of FULL models; return the folder of the models."""
    target = folder / "models"
    target.mkdir(parents=True)
    (folder / "config.yaml").write_text(SQLMESH_CONFIG)
    for model in models:
        header = f"MODEL (\n  name {SCHEMA}.{model.name},\n  kind FULL,\n  grain id"
        header += f",\n  audits ({_sqlmesh_audits()})\n);" if tests else "\n);"
        (target / f"{model.name}.sql").write_text(f"{header}\n\n{model.sql(_sqlmesh_relation)}\n")
    return target


def _sqlmesh_relation(name: str) -> str:
    return _file_relation(name) if name in SOURCES else f"{SCHEMA}.{name}"


def _file_relation(name: str) -> str:
    return f"read_parquet('{SOURCES_FROM_PROJECT}/{name}.parquet')"


def _sqlmesh_audits() -> str:
    values = ", ".join(f"'{status}'" for status in STATUSES)
    return ", ".join(
        (
            "number_of_rows(threshold := 1)",
            "unique_values(columns := (id))",
            "not_null(columns := (id, amount))",
            f"accepted_range(column := amount, min_v := 0, max_v := {AMOUNT_MAXIMUM})",
            "accepted_range(column := quantity, min_v := 0)",
            f"accepted_values(column := status, is_in := ({values}))",
            f"match_regex_pattern_list(column := code, patterns := ('{CODE_PATTERN}'))",
        )
    )


def write_limit(folder: Path, models: Sequence[Model]) -> Path:
    """Write the statements of the limit, one file each as the others; return their folder."""
    target = folder / "models"
    target.mkdir(parents=True)
    for number, model in enumerate(models):
        select = model.sql(lambda name: _file_relation(name) if name in SOURCES else name)
        statement = f"CREATE TABLE {model.name} AS\n{select}\n"
        (target / f"{number:04}_{model.name}.sql").write_text(statement)
    return target
