"""Create: from a source to a working product, in four steps, each a page that works without JavaScript."""

from meshwright.serve.uploads import PATH, require_small
from meshwright.serve.web.page import Page
from meshwright.serve.web.pages.create import choosing, making

PAGES = (
    Page("/create", choosing.begin),
    Page(PATH, choosing.source, "POST", admits=require_small),
    Page("/create/{draft}/names", choosing.names),
    Page("/create/{draft}/names", choosing.take_names, "POST"),
    Page("/create/{draft}/contract", choosing.contract),
    Page(
        "/create/{draft}/contract", choosing.take_contract, "POST", most_fields=choosing.MOST_FIELDS
    ),
    Page("/create/{draft}/review", making.review),
    Page("/create/{draft}/review", making.finish, "POST"),
    Page("/create/{draft}/done", making.done),
    Page("/create/{draft}/again", making.again, "POST"),
    Page("/create/{draft}/discard", making.discard, "POST"),
)
