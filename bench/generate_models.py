"""Generate the projects of the build bench: the same DAG of SQL models for every contestant.

What: three source files of 100,000 rows and a seeded DAG of 200 models (see `models_dag.py`),
written as a dbt-duckdb project (materialised tables), a SQLMesh project (kind FULL), the plain
`CREATE TABLE AS` statements of the limit, and two meshes: `mesh-one`, one product with all ports,
and `mesh-many`, products of five ports, every port with a contract of a key and 8 checks.
Why it is fair: the SELECT of each model is the same text for all, but for the names of its
parents. dbt and SQLMesh get the checks only with `--tests`: by default they build without any,
while meshwright always audits.

    python bench/generate_models.py FOLDER                    200 models
    python bench/generate_models.py FOLDER --models 20 --rows 1000
"""

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from models_dag import EDITED, SOURCE_ROWS, Model, find_leaf, make_models, write_sources
from models_mesh import write_mesh
from models_peers import write_dbt, write_limit, write_sqlmesh

PORTS_A_PRODUCT = 5


def write_projects(root: Path, models: Sequence[Model], *, tests: bool) -> None:
    """Write every project below `root/pristine`, and what a bench must know into a manifest."""
    pristine = root / "pristine"
    shutil.rmtree(pristine, ignore_errors=True)
    write_dbt(pristine / "dbt", models, tests=tests)
    write_sqlmesh(pristine / "sqlmesh", models, tests=tests)
    write_limit(pristine / "limit", models)
    write_mesh(pristine / "mesh-one", models, len(models))
    write_mesh(pristine / "mesh-many", models, PORTS_A_PRODUCT)
    leaf = find_leaf(models).name
    manifest = {
        "models": [model.name for model in models],
        "leaf": leaf,
        "edited": EDITED,
        "leaf_files": {
            project.name: str(next(project.rglob(f"*{leaf}.sql")).relative_to(project))
            for project in sorted(pristine.iterdir())
        },
    }
    (root / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models", type=int, default=200)
    parser.add_argument("--rows", type=int, default=SOURCE_ROWS, help="rows of each source")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--tests", action="store_true", help="give dbt and SQLMesh the checks too")
    arguments = parser.parse_args()
    write_sources(arguments.folder / "sources", arguments.rows, arguments.seed)
    models = make_models(arguments.models, arguments.seed)
    write_projects(arguments.folder, models, tests=arguments.tests)


if __name__ == "__main__":
    main()
