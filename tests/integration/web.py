"""A small mesh through which personal data flows: people, their visits of a site, a summary of these."""

from typing import Any

from tests.integration.shop import KEY, column

PEOPLE = "id,name,email\n1,ada,ada@example.com\n2,bob,bob@example.com\n"
VISITS = "person,page\n1,/\n1,/a\n2,/\n"
PII: dict[str, Any] = {"classification": "confidential", "tags": ["pii"]}
KEY_OF_VISIT = "web.visits.visits.who"
WEB: dict[str, dict[str, dict[str, Any]]] = {
    "crm": {
        "people": {
            "inputs": {"raw": PEOPLE},
            "ports": {"people": "select id, name, email from raw"},
            "contracts": {
                "people": {
                    "columns": [
                        column("id", **KEY),
                        column("name", "string"),
                        column("email", "string", **PII),
                    ]
                }
            },
        }
    },
    "web": {
        "visits": {
            "inputs": {"raw": VISITS, "people": {"port": "crm.people.people"}},
            "models": {"hashed": "select id, name, sha256(email) as who from people"},
            "ports": {
                "visits": "select h.who, h.name, count(*) as pages from hashed h"
                " join raw on raw.person = h.id group by all",
                "totals": "select count(distinct email) as people from people",
            },
            "contracts": {
                "visits": {
                    "columns": [
                        column("who", "string", **PII),
                        column("name", "string"),
                        column("pages"),
                    ]
                },
                "totals": {"columns": [column("people")]},
            },
        },
    },
    "top": {
        "summary": {
            "inputs": {"visits": {"port": "web.visits.visits"}},
            "ports": {"named": "select name, sum(pages)::BIGINT as pages from visits group by 1"},
            "contracts": {"named": {"columns": [column("name", "string"), column("pages")]}},
        }
    },
}
