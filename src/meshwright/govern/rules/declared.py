"""Tables of what the files of the mesh say, as they are on disk: what would be."""

from meshwright.govern.rules.tables import table

DECLARED = (
    table(
        "domains", "Each domain, as its `domain.yaml` says.", "domain",
        """
        title text Title.
        description text Description.
        team text Name of the team.
        owners texts Owners.
        engine text Engine that builds its products.
        folder text Its folder, relative to the mesh.
        storage text Folder of its tables, relative to the mesh.
        file text File that says so, relative to the mesh.
        """,
    ),
    table(
        "products", "Each product. One whose files have errors is here with `is_broken`, and nowhere else.",
        "product",
        """
        name text Its name within the domain.
        title text Title.
        description text Description.
        version text Version of the product (ODPS).
        status text Status of the product (ODPS): proposed, draft, active, deprecated, retired.
        owners texts Owners: the product's own, or else its domain's.
        tags texts Tags.
        schedule text Cron schedule, '' where there is none.
        engine text Engine that builds it.
        is_broken flag Whether its files have errors.
        folder text Its folder, relative to the mesh.
        file text Its descriptor, relative to the mesh.
        """,
    ),
    table(
        "ports", "Each output port.", "port",
        """
        name text Its name within the product.
        description text Description in the product's descriptor.
        version text Version that the descriptor names.
        contract_id text Contract that the descriptor names.
        has_contract flag Whether the contract is there.
        kind text How it is materialised: full or append.
        interval text Business interval of an append port: hour, day, week, month.
        file text Product's descriptor, relative to the mesh.
        line number Line there.
        """,
    ),
    table(
        "inputs", "Each input port: what a product reads.", "product",
        """
        name text Its name within the product.
        kind text `port` of another product, or the kind of an external source: files, sqlite…
        reads_port text Address of the port that it reads, '' for an external source.
        reads_product text Product of that port.
        reads_domain text Domain of that port.
        place text First file or database of an external source, relative to the mesh.
        version text Version of the contract that it relies on.
        contract_id text Contract that it relies on.
        file text File that says so, relative to the mesh.
        line number Line there.
        """,
        of="Address of the product, and `.` and the input's name.",
    ),
    table(
        "columns", "Each column that a contract promises; a field of an object is `column.field`.", "column",
        """
        port text Address of the port.
        name text Name in the data.
        logical_type text Logical type (ODCS).
        physical_type text Physical type.
        description text Description.
        business_name text Business name.
        semantic_type text Role in the model: column, measure or dimension (ODCS `semanticType`).
        terms texts Business terms of the glossary that its `authoritativeDefinitions` name.
        classification text Classification as it is written.
        level text What it means: public, internal, confidential or restricted; '' where not said.
        tags texts Tags.
        is_personal flag Whether classification or tags declare personal data.
        mask text Custom property `mask`: how the value is masked for whoever may not see it.
        is_required flag Whether it may not be empty.
        is_unique flag Whether it is unique.
        key_position number Place in the primary key from 1; 0 outside of it.
        file text Contract, relative to the mesh.
        line number Line there.
        """,
    ),
    table(
        "contracts", "The contract of each output port that has one.", "port",
        """
        port text Address of the port.
        id text Id of the contract.
        name text Name.
        version text Version.
        status text Status: proposed, draft, active, deprecated, retired.
        api_version text Version of ODCS that it is written in.
        description text Description.
        table_description text Description of the table that it promises.
        granularity text What one row is.
        owners texts Owners that the contract's team names.
        tags texts Tags.
        replaces text Address of the port that this one succeeds.
        end_of_life text ISO date after which the port is no longer served, '' where not said.
        has_key flag Whether it promises a primary key.
        has_quality flag Whether it promises anything about quality.
        file text Contract, relative to the mesh.
        """,
    ),
    table(
        "service_levels", "Each service level (`slaProperties`) that a contract promises.", "port",
        """
        port text Address of the port.
        name text Name: freshness, frequency, latency, retention, availability…
        value text Value.
        unit text Unit.
        element text What it is about.
        description text Description.
        is_enforced flag Whether observing enforces it.
        reason text Why nothing enforces it.
        file text Contract, relative to the mesh.
        line number Line there.
        """,
    ),
    table(
        "quality_rules", "Each quality rule that a contract promises; results are in `checks`.", "column",
        """
        port text Address of the port.
        name text Name or key of the rule.
        kind text library, sql, custom or text.
        metric text Metric of a library rule.
        severity text error or warning.
        dimension text Dimension of quality.
        description text Description.
        file text Contract, relative to the mesh.
        line number Line there.
        """,
        of="Address of the column, or of the port.",
    ),
    table(
        "relationships", "Each foreign key that a contract promises, a row for each column of it.", "column",
        """
        port text Address of the port.
        to_column text Address of the column that it refers to, '' where that cannot be told.
        to_port text Port of that column.
        to_product text Product of that column.
        written text The reference as it is written.
        kind text Kind of relationship: foreignKey.
        file text Contract, relative to the mesh.
        line number Line there.
        """,
    ),
    table(
        "owners", "Each owner of each domain, product and contract.", "",
        """
        owner text Who it is.
        kind text Of what: domain, product or contract.
        """,
        of="Address of the domain, product or port.",
    ),
    table(
        "tags", "Each tag of each product, port and column.", "",
        """
        tag text The tag.
        kind text Of what: product, port or column.
        """,
        of="Address of the product, port or column.",
    ),
    table(
        "models", "Each SQL model of each product.", "product",
        """
        name text Its name; a port's, or an intermediate one's.
        is_port flag Whether it makes a port.
        file text File, relative to the mesh.
        """,
        of="Address of the product, and `.` and the model's name.",
    ),
    table(
        "tests", "Each model test.", "product",
        """
        name text Name of the test.
        model text Model that it tests.
        file text File, relative to the mesh.
        line number Line there.
        """,
        of="Address of the product, and `.` and the model's name.",
    ),
)  # fmt: skip
