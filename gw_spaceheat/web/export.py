"""Readings of a house as a file, for who is signed in: `/export/HOUSE.csv` and `.parquet`, at most a month at once."""

from collections.abc import Iterator
from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq
from flask import Blueprint, Flask, Response, abort, request

from gw_spaceheat.stores import query
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.views.readings_table import readings_csv
from gw_spaceheat.vocabulary.moment import DAY_MS, YEAR_3000_MS
from gw_spaceheat.web.site import Site

LONGEST_MS = 32 * DAY_MS
FORMS = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}


def serve_export(server: Flask, site: Site) -> None:
    """Add the address."""
    blueprint = Blueprint("export", __name__)

    @blueprint.get("/export/<alias>/<form>")
    def export(alias: str, form: str) -> Response:
        if form not in FORMS or alias not in site.aliases():
            abort(404)
        from_ms, to_ms = (_time(request.args.get(word, "")) for word in ("from", "to"))
        if not 0 < to_ms - from_ms <= LONGEST_MS:
            abort(400, "from and to are Unix times in ms, a month apart at most")
        try:
            rows = query.export(site.ear_folder, alias, from_ms, to_ms)
        except StoreError as error:
            abort(404, str(error))
        body = _parquet(rows) if form == "parquet" else _lines(rows)
        return Response(body, mimetype=FORMS[form], headers={"Content-Disposition": f'attachment; filename="{alias}.{form}"'})

    server.register_blueprint(blueprint)


def _time(word: str) -> int:
    if not (word.isascii() and word.isdecimal() and len(word) < 15 and int(word) < YEAR_3000_MS):
        abort(400, "from and to are Unix times in ms")
    return int(word)


def _lines(rows: list[query.ReadingRow]) -> Iterator[str]:
    return (line + "\n" for line in readings_csv(rows))


def _parquet(rows: list[query.ReadingRow]) -> bytes:
    columns = {name: [row[index] for row in rows] for index, name in enumerate(query.ReadingRow._fields)}
    file = BytesIO()
    pq.write_table(pa.table(columns), file, compression="zstd")
    return file.getvalue()
