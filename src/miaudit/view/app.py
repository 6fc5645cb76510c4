"""The web application: a list, the page of one audit, and comparisons; it answers this machine and reads only."""

from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import ChoiceLoader, Environment, PackageLoader
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import HTMLResponse
from starlette.routing import Route

from miaudit.auditing.files import REPORT
from miaudit.decisions.compare import compare
from miaudit.decisions.saved import open_audit
from miaudit.errors import UserError
from miaudit.report.comparison import render_audit_comparison
from miaudit.report.page import environment, policy, trusted
from miaudit.report.words import LEVELS
from miaudit.view.catalogue import Catalogue
from miaudit.view.selection import SORTED_BY, Selection

if TYPE_CHECKING:
    from starlette.requests import Request

HOSTS = ["127.0.0.1", "localhost"]  # other names that lead here may be tricks of a site in the same browser
AGAIN = 10  # seconds after which the list is fetched again while an audit in it is running
HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# Saved pages have a policy of their own. This one keeps even a page that somebody changed apart from other audits.
SAVED_PAGE = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts allow-downloads"
)


def application(root: Path) -> Starlette:
    """The application over the audits below a folder."""
    pages = _Pages(Catalogue(root))
    routes = [
        Route("/", pages.audits, methods=["GET"]),
        Route("/audit/{key}", pages.audit, methods=["GET"]),
        Route("/compare", pages.comparison, methods=["GET"]),
    ]
    return Starlette(routes=routes, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)])


class _Pages:
    """Answers requests. Each page is made anew, so that it shows the folder as it is."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._templates = _templates()
        self._scripts = {name: trusted(f"{name}.js") for name in ("theme", "switch")}
        self._scripts["follow"] = trusted("follow.js", "miaudit.view")
        own = policy(self._scripts.values()).replace("form-action 'none'", "form-action 'self'")
        self._policy = f"{own}; connect-src 'self'; frame-ancestors 'none'"

    def audits(self, request: "Request") -> HTMLResponse:
        """The list, as the query asks for it."""
        found, asked = self._catalogue.found(), request.query_params
        selection = Selection(asked.get("words", ""), asked.get("verdict", ""), asked.get("order", "date"))
        shown = selection.of(found.audits)
        again = AGAIN if any(audit.running for audit in shown) else None
        return self._page("list.html", found=found, shown=shown, selection=selection, again=again)

    def audit(self, request: "Request") -> HTMLResponse:
        """The page that an audit left in its folder, as it is."""
        folder = self._catalogue.folder(request.path_params["key"])
        if folder is None or not self._catalogue.holds(folder / REPORT):
            return self._problem(404, "There is no such audit, or its folder has no page: `miaudit report` writes one.")
        text = (folder / REPORT).read_text(encoding="utf-8", errors="replace")
        return HTMLResponse(text, headers=HEADERS | {"Content-Security-Policy": SAVED_PAGE})

    def comparison(self, request: "Request") -> HTMLResponse:
        """The chosen audits compared with the earliest of them."""
        keys = set(request.query_params.getlist("audit"))
        chosen = [audit.place for audit in self._catalogue.earliest_first() if audit.key in keys]
        if len(chosen) < 2:
            return self._problem(400, "Choose two audits or more to compare.")
        try:
            first, *others = (open_audit(self._catalogue.root / place)._replace(name=place) for place in chosen)
            result = compare(first, others).result
        except UserError as error:
            return self._problem(400, str(error))
        return HTMLResponse(render_audit_comparison(result), headers=HEADERS | {"Content-Security-Policy": SAVED_PAGE})

    def _problem(self, code: int, why: str) -> HTMLResponse:
        return self._page("problem.html", code, why=why)

    def _page(self, template: str, code: int = 200, **values: object) -> HTMLResponse:
        made = self._templates.get_template(template).render(
            values,
            root=self._catalogue.root.name,
            levels=LEVELS,
            orders={name: words for name, (words, _, _) in SORTED_BY.items()},
            styles=trusted("style.css"),
            scripts=self._scripts,
        )
        return HTMLResponse(made, code, headers=HEADERS | {"Content-Security-Policy": self._policy})


def _templates() -> Environment:
    made = environment()
    return made.overlay(loader=ChoiceLoader([PackageLoader("miaudit", "view"), PackageLoader("miaudit", "report")]))
