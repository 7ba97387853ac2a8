"""The pages of the API. Whoever registers the blueprint asks who may read it; nothing here writes."""

from pathlib import Path

from flask import Blueprint, Response, jsonify, request

from gw_spaceheat.apps import history
from gw_spaceheat.runtime.clock import Clock
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.views.history_table import step_object
from gw_spaceheat.vocabulary.moment import DAY_MS
from gw_spaceheat.web.api.arguments import MOST_GAP_DAYS, BadArgument, ask_of, house_of, points_of, stretch_of
from gw_spaceheat.web.api.openapi import openapi

PREFIX = "/api/v1"


def api_blueprint(folder: Path, clock: Clock) -> Blueprint:
    """The API over an Ear's folder, to be registered in a Flask application.

    Args:
        folder: The Ear's folder; an Ear may be writing there.
        clock: Tells which hours are over.
    """
    api = Blueprint("api_v1", __name__, url_prefix=PREFIX)

    @api.get("/houses")
    def houses() -> Response:
        return jsonify([{"house": each} for each in history.houses(folder)])

    @api.get("/channels")
    def channels() -> Response:
        found = history.channels(folder, house_of(request.args))
        return jsonify([{"channel": each.name, "telemetry": each.telemetry} for each in found])

    @api.get("/readings")
    def readings() -> Response:
        house, ask, most = house_of(request.args), ask_of(request.args), points_of(request.args)
        found = history.answer(folder, house, ask)
        if most is not None:
            kept = {(name, at) for name, points in history.for_chart(found, most).items() for at, _ in points}
            found = [step for step in found if (step.channel, step.from_ms) in kept]
        return jsonify([step_object(step) for step in found])

    @api.get("/gaps")
    def gaps() -> Response:
        house, (from_ms, to_ms) = house_of(request.args), stretch_of(request.args)
        if to_ms - from_ms > MOST_GAP_DAYS * DAY_MS:
            raise BadArgument(f"at most {MOST_GAP_DAYS} days of gaps can be had at once")
        return jsonify([row._asdict() for row in history.gaps(folder, house, from_ms, to_ms, clock.now().wall_ms)])

    @api.get("/openapi.json")
    def description() -> Response:
        return jsonify(openapi())

    api.register_error_handler(BadArgument, lambda error: _error(error, 400))
    api.register_error_handler(StoreError, lambda error: _error(str(error).replace(f" in {folder}", ""), 404))
    api.register_error_handler(OSError, lambda _: _error("the Ear's files cannot be read now", 503))
    return api


def _error(text: object, status: int) -> tuple[Response, int]:
    return jsonify({"error": str(text)}), status
