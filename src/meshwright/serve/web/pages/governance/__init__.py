"""Governance: rules with what they find, what is let pass, how mature products are."""

from meshwright.serve.web.pages.governance import exempted, rules, scores, suggestions

PAGES = (*rules.PAGES, *scores.PAGES, *exempted.PAGES, *suggestions.PAGES)
