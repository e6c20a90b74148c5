"""Access: what waits for a word, what is asked for, granted and read; and why."""

from meshwright.serve.web.pages.access import asking, inbox, policies, requests, reviewing

PAGES = (*inbox.PAGES, *asking.PAGES, *requests.PAGES, *reviewing.PAGES, *policies.PAGES)
