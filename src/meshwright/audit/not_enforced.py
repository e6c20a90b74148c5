"""What a contract may declare that an audit of staged data does not judge, each with its reason.

Whatever is declared and is neither judged nor listed as documentation below shows up in every verdict as
`not_enforced`, by name. A test walks the ODCS schema, so that no key is in none of the three groups.
"""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


REASONS = {
    "quality.text": "words for people; there is no rule to run",
    "quality.custom": "a rule in another engine's own language",
    "format.display": "says how text is shown or encoded, not which text is right",
    "format.unknown": "the format has no defined meaning",
    "physicalType.foreign": "a type of another engine, without one meaning in SQL",
    "nested.json": "inside JSON text; a STRUCT column makes it judgeable",
    "nested.unique": "uniqueness inside a list has no agreed meaning; `uniqueItems` has",
    "nested.relationship": "a reference from inside a list or struct",
    "slaProperties": "a promise over time: audited rows say nothing of it, and nobody observes this port",
}

# Keys that describe, and promise nothing that data could break. `*` stands for every key below.
DOCUMENTATION = _words("""
    version kind apiVersion id name tenant tags status servers.* dataProduct description.*
    domain context.* support.* price.* team.* roles.* slaDefaultElement
    authoritativeDefinitions.* customProperties.* contractCreatedTs object.id object.name
    object.physicalName object.physicalType object.businessName object.deprecated
    object.description object.synonyms.* object.authoritativeDefinitions.* object.tags
    object.customProperties.* object.logicalType object.dataGranularityDescription
    object.context.* property.id property.businessName property.deprecated
    property.description property.synonyms.* property.authoritativeDefinitions.* property.tags
    property.customProperties.* property.semanticType property.partitioned
    property.partitionKeyPosition property.classification property.encryptedName
    property.transformSourceObjects property.transformLogic property.transformDescription
    property.examples property.criticalDataElement options.distanceMetric
    options.embeddingModel options.embeddingModelVersion enum.label enum.id
    enum.customProperties.* enum.authoritativeDefinitions.* enum.tags enum.description
    quality.id quality.name quality.description quality.dimension quality.businessImpact
    quality.method quality.tags quality.authoritativeDefinitions.* quality.customProperties.*
    quality.schedule quality.scheduler relationship.id relationship.customProperties.*
""")

# Keys that a check enforces (or that say how another key's check is made).
ENFORCED = _words("""
    schema property.name property.physicalName object.properties property.logicalType
    property.physicalType property.required property.unique property.primaryKey
    property.primaryKeyPosition property.enum enum.value property.relationships
    property.quality property.logicalTypeOptions property.properties property.items
    property.map map.key map.value object.relationships object.quality options.minLength
    options.maxLength options.pattern options.format options.minimum options.maximum
    options.exclusiveMinimum options.exclusiveMaximum options.multipleOf options.timezone
    options.defaultTimezone options.minProperties options.maxProperties options.required
    options.minItems options.maxItems options.uniqueItems options.dimensions
    options.elementType options.normalized quality.type quality.metric quality.rule
    quality.arguments quality.query quality.unit quality.severity quality.mustBe
    quality.mustNotBe quality.mustBeGreaterThan quality.mustBeGreaterOrEqualTo
    quality.mustBeLessThan quality.mustBeLessOrEqualTo quality.mustBeBetween
    quality.mustNotBeBetween relationship.type relationship.from relationship.to
""")

# Keys of which the verdict says by name that they were not enforced, with a reason above; of service levels
# only those that observing what is published does not enforce either.
REPORTED = frozenset(("slaProperties.*", "quality.engine", "quality.implementation"))
