"""Tells a supervisor whether this process lives, a load balancer whether it can serve, and Prometheus its figures.

Anybody may ask for the first two; they say nothing that is secret. The figures are for whoever brings the token of
the settings; where none is set, for this machine alone. A request that came through a proxy comes from the
network, whatever address it seems to have.
"""

import hmac
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, cast

from flask import Blueprint, Flask, current_app, request
from flask.typing import ResponseReturnValue

from web.health.check import FINE, Health
from web.metrics.metrics import CONTENT_TYPE, Metrics
from web.settings import Settings

blueprint = Blueprint("health", __name__)

_FRESH = {"Cache-Control": "no-store"}

#: What a proxy adds to a request.
_PROXY_HEADERS = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP")


def install(app: Flask, settings: Settings, health: Health, metrics: Metrics) -> None:
    """Let the pages of this area find what they tell."""
    app.extensions.update(sauro_settings=settings, sauro_health=health, sauro_metrics=metrics)


def create_health_app(settings: Settings, health: Health, metrics: Metrics) -> Flask:
    """Return an application with nothing but the pages of this area, for a process without a site."""
    app = Flask("web.health", static_folder=None)
    install(app, settings, health, metrics)
    app.register_blueprint(blueprint)
    return app


def in_the_clear(view: Callable[[], ResponseReturnValue]) -> Callable[[], ResponseReturnValue]:
    """Answer over plain HTTP, too, as whoever asks from the same machine does."""
    cast(Any, view).talisman_view_options = {"force_https": False}
    return view


@blueprint.get("/healthz")
@in_the_clear
def healthz() -> ResponseReturnValue:
    """Answer 200 while the process lives; nothing else is looked at."""
    return {"status": "ok"}, 200, _FRESH


@blueprint.get("/readyz")
@in_the_clear
def readyz() -> ResponseReturnValue:
    """Answer 200 when the process can do its work, else 503 with what is wrong."""
    health: Health = current_app.extensions["sauro_health"]
    checks = health.checks()
    ready = all(found == FINE for found in checks.values())
    return {"status": "ok" if ready else "unavailable", "checks": checks}, 200 if ready else 503, _FRESH


@blueprint.get("/metrics")
@in_the_clear
def metrics() -> ResponseReturnValue:
    """Answer with the figures of this process in Prometheus's text format, or 403."""
    settings: Settings = current_app.extensions["sauro_settings"]
    if not _may_scrape(settings.metrics_token):
        return "forbidden\n", 403, {**_FRESH, "Content-Type": "text/plain; charset=utf-8"}
    figures: Metrics = current_app.extensions["sauro_metrics"]
    return figures.text(), 200, {**_FRESH, "Content-Type": CONTENT_TYPE}


def _may_scrape(token: str | None) -> bool:
    if token is not None:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    if any(name in request.headers for name in _PROXY_HEADERS):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
