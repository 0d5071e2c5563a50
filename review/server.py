"""The review page: routes, and the server that answers them on this computer alone."""

from __future__ import annotations

import secrets
import socket
import webbrowser
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode

import uvicorn
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from iki.batch.decisions import Verdict
from iki.export.schema import FIELD_COLUMNS, ROW_COLUMNS
from iki.export.tables import Record, SheetRows
from iki.messages import Problem, written
from iki.model import CleanValue, RawValue
from iki.normalize.explain import SHEET_ROW
from iki.review.audit import ENOUGH
from iki.review.checks import is_blind, is_checked, remarks
from iki.review.choices import choices
from iki.review.collection import Collection, Place, Wanted, numbered
from iki.review.guard import Guard
from iki.review.scans import Scans
from iki.review.settling import TYPED, Answer, Publisher, Settling, judged_blind, new_key

HOST = "127.0.0.1"

REPEATED = {Verdict.CONFIRMED, Verdict.EDITED, Verdict.CANDIDATE}
"""Verdicts that are offered for all values of which the same was read."""
SHOWN_ALIKE = 24
"""Values of which the same was read that are shown side by side."""

_NOT_VALUES = {"sheet_id", "baris", "halaman", "skor", "perlu_tinjau"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A printed line of a value on its page: corners as SVG wants them, in source pixels."""

    place: Place
    points: str


def application(collection: Collection, port: int, token: str, user: str, publisher: Publisher) -> Starlette:
    """The review page of a folder for whoever brings ``token`` to ``port``; decisions bear the name ``user``, and
    ``publisher`` writes them into the tables."""
    desk = _Desk(collection, Scans(collection.directory), Settling(collection, user), publisher)
    routes = [
        Route("/", desk.start),
        Route("/nilai", desk.first),
        Route("/nilai/{sheet_id}/{row}/{column}", desk.value),
        Route("/nilai/{sheet_id}/{row}/{column}", desk.decide, methods=["POST"]),
        Route("/contoh", desk.sample),
        Route("/sama/{key}", desk.alike),
        Route("/sama/{key}", desk.repeat, methods=["POST"]),
        Route("/periksa/{sheet_id}/{row}/{column}", desk.check),
        Route("/urung", desk.undo, methods=["POST"]),
        Route("/potongan/{sheet_id}/{row}/{column}", desk.crop),
        Route("/lembar/{sheet_id}", desk.sheet),
        Route("/halaman/{sheet_id}/{page:int}", desk.page),
        Route("/tabel", desk.table),
        Mount("/aset", StaticFiles(packages=[("iki.review", "static")])),
    ]
    errors = {404: _not_found}
    return Starlette(routes=routes, middleware=[Middleware(Guard, port=port, token=token)], exception_handlers=errors)


def serve(directory: Path, port: int, user: str, show: Callable[[str], None], *, browser: bool) -> None:
    """Answer on ``port`` of this computer (0: any free one) until Ctrl-C; ``show`` is given the address once. Tables
    are written with what was decided, by ``user``, while it runs and when it ends.

    Raises ``Problem`` where there are no tables or the port is taken.
    """
    collection = Collection(directory)
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
        except OSError as error:
            raise Problem("review_port_taken", port=port) from error
        port = listening.getsockname()[1]
        token = secrets.token_urlsafe(32)
        publisher = Publisher(collection)
        app = application(collection, port, token, user, publisher)
        address = f"http://{HOST}:{port}/?token={token}"
        listening.listen()
        Thread(target=_begin, args=(collection, publisher), daemon=True).start()
        show(address)
        if browser:
            Thread(target=webbrowser.open, args=(address,), daemon=True).start()  # one in a terminal would not return
        settings = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, http="h11", ws="none", lifespan="off",
            loop="asyncio", proxy_headers=False, timeout_graceful_shutdown=1,
        )  # fmt: skip
        try:
            uvicorn.Server(settings).run(sockets=[listening])
        except KeyboardInterrupt:
            pass
        finally:
            publisher.finish()
        if publisher.problem is not None:
            raise publisher.problem


def _begin(collection: Collection, publisher: Publisher) -> None:
    """Work out the stories before they are asked for, and take up what an earlier page decided and did not publish."""
    with suppress(Problem):
        collection.refresh()
    if collection.prepared is not None:
        publisher.ask()


class _Desk:
    """The views. Whatever a request names is looked up among what the folder holds, never on the disk."""

    def __init__(self, collection: Collection, scans: Scans, settling: Settling, publisher: Publisher) -> None:
        self._collection, self._scans, self._settling, self._publisher = collection, scans, settling, publisher

    def start(self, _: Request) -> Response:
        held = self._collection
        doubts = held.doubts
        columns = Counter(place.column for place in doubts)
        late = self._publisher.problem
        return self._page(
            "mulai.html", collection=held, columns=columns.most_common(), doubts=len(doubts),
            audit=held.audit if held.is_prepared else None, enough=ENOUGH,
            late=written("review_tables_late", reason=str(late)) if late is not None else "",
            unfinished=[file for file in held.files if file.status != "ok"],
            rows=sum(len(sheet.rows) for sheet in held.sheets.values()),
        )  # fmt: skip

    def first(self, request: Request) -> Response:
        column = request.query_params.get("kolom", "")
        for place in self._collection.doubts:
            if column in ("", place.column):
                return RedirectResponse(_address(place), 303)
        return RedirectResponse("/", 303)

    def sample(self, _: Request) -> Response:
        place = self._collection.sample() if self._collection.prepared is not None else None
        return RedirectResponse(_onward(self._collection, place), 303)

    def value(self, request: Request) -> Response:
        place, sheet, record = self._asked(request)
        held = self._collection
        before, after = held.beside(place)
        told, doubtful = held.story(place), held.is_doubtful(place)
        asked = {*request.query_params}
        sampled = "contoh" in request.query_params and held.is_sample(place)
        pictured = told is not None and any(line.quad is not None for line in told.printed)
        return self._page(
            "nilai.html", place=place, record=record, sheet=sheet.sheet, story=told, pictured=pictured,
            count=len(held.doubts), before=before, after=after, neighbours=_values(record), doubtful=doubtful,
            decision=held.decision(place), key=new_key(), mine=request.query_params.get("milik"),
            blind=pictured and is_blind(place.column) and (doubtful or sampled) and not asked & {"lihat", "milik"},
            sampled=sampled,
            choices=choices(told) if told is not None else [],
        )  # fmt: skip

    async def decide(self, request: Request) -> Response:
        return await run_in_threadpool(self._decide, request, await _form(request))

    def _decide(self, request: Request, form: dict[str, str]) -> Response:
        place, _, _ = self._asked(request)
        blind = form.get("putusan") == TYPED
        answer = Answer.of(judged_blind(form) if blind else form)
        if answer is None or self._collection.value(place) is None:
            return _said("review_no_answer", 422)
        if blind and answer.verdict is not Verdict.CONFIRMED:
            drawn = {"contoh": "ya"} if answer.sampled else {}
            return RedirectResponse(f"{_address(place)}?{urlencode({'milik': answer.text, **drawn})}", 303)
        following = self._collection.next(place)
        rival = self._settling.decide(place, answer, self._picture(place))
        if rival is not None:
            return RedirectResponse(f"{_address(place)}?{urlencode({'milik': answer.text or answer.seen})}", 303)
        self._publisher.ask()
        if answer.verdict in REPEATED and self._collection.alike(place, answer.seen):
            return RedirectResponse(f"/sama/{answer.key}", 303)
        return RedirectResponse(_onward(self._collection, following), 303)

    def alike(self, request: Request) -> Response:
        key = request.path_params["key"]
        made = self._settling.made(key)
        if made is None:
            raise HTTPException(404)
        decision, place = made
        others = self._collection.alike(place, decision.seen)
        following = self._collection.next(place)
        return self._page(
            "sama.html", decision=decision, place=place, others=others[:SHOWN_ALIKE], count=len(others), key=key,
            onward=_onward(self._collection, following), sheets=self._collection.sheets,
        )  # fmt: skip

    async def repeat(self, request: Request) -> Response:
        pairs = parse_qsl((await request.body()).decode(errors="replace"))
        return await run_in_threadpool(self._repeat, request.path_params["key"], pairs)

    def _repeat(self, key: str, pairs: list[tuple[str, str]]) -> Response:
        made = self._settling.made(key)
        if made is None:
            raise HTTPException(404)
        decision, first = made
        chosen = {text for name, text in pairs if name == "nilai"}
        everything = ("putusan", "semua") in pairs
        alike = self._collection.alike(first, decision.seen)
        places = [place for place in alike if everything or _address(place) in chosen]
        self._settling.repeat(key, places, self._picture)
        self._publisher.ask()
        following = self._collection.next(first)
        return RedirectResponse(_onward(self._collection, following), 303)

    def _picture(self, place: Place) -> bytes | None:
        told = self._collection.story(place)
        sha256 = self._collection.sheets[place.sheet_id].sheet["sha256"]
        return self._scans.crop(sha256, told.printed) if told is not None else None

    def check(self, request: Request) -> Response:
        place, _, _ = self._asked(request)
        signed = self._collection.text(Place(place.sheet_id, SHEET_ROW, "tanggal"))
        return PlainTextResponse(" ".join(remarks(place.column, request.query_params.get("teks", ""), signed)))

    async def undo(self, request: Request) -> Response:
        return await run_in_threadpool(self._undo, await _form(request))

    def _undo(self, form: dict[str, str]) -> Response:
        key = form.get("kunci", "")
        place = self._settling.undo(key) if key.isalnum() else None
        self._publisher.ask()
        return RedirectResponse(_onward(self._collection, place), 303)

    def crop(self, request: Request) -> Response:
        place, _, _ = self._asked(request)
        return _image(self._picture(place), "image/png")

    def sheet(self, request: Request) -> Response:
        sheet = self._sheet(request)
        sheet_id, sha256 = sheet.sheet["sheet_id"], sheet.sheet["sha256"]
        marks = self._marks(sheet_id)
        numbers = {int(sheet.sheet["halaman_awal"]), int(sheet.sheet["halaman_akhir"]), *marks}
        drawn = {number: self._scans.page(sha256, number) for number in sorted(numbers)}
        pages = [(n, page.shape[1], page.shape[0], marks.get(n, [])) for n, page in drawn.items() if page is not None]
        columns = dict.fromkeys(name for row in sheet.rows for name in _values(row) if row[name] or name in ROW_COLUMNS)
        return self._page("lembar.html", sheet=sheet, pages=pages, columns=list(columns), fields=FIELD_COLUMNS)

    def page(self, request: Request) -> Response:
        sheet = self._sheet(request)
        return _image(self._scans.shown(sheet.sheet["sha256"], request.path_params["page"]), "image/jpeg")

    def table(self, request: Request) -> Response:
        asked = request.query_params
        wanted = Wanted(
            text=asked.get("cari", ""), perangkat_daerah=asked.get("perangkat_daerah", ""),
            unit=asked.get("unit", ""), tahun=asked.get("tahun", ""), flagged="tinjau" in asked,
        )  # fmt: skip
        rows = self._collection.rows(wanted)
        number = asked.get("hal", "1")
        page = int(number) if number.isascii() and number.isdecimal() and len(number) < len("1000000") else 1
        pages, shown = numbered(rows, page)
        offered = {name: self._collection.choices(name) for name in ("perangkat_daerah", "unit", "tahun")}
        return self._page(
            "tabel.html", rows=rows[shown], count=len(rows), page=min(max(page, 1), pages), pages=pages, wanted=wanted,
            choices=offered, columns=ROW_COLUMNS, turned=lambda n: f"?{request.url.include_query_params(hal=n).query}",
        )  # fmt: skip

    def _page(self, template: str, **shown: Any) -> Response:
        shown |= {"can_undo": self._settling.can_undo, "undo_key": new_key()}
        return HTMLResponse(_TEMPLATES.get_template(template).render(shown))

    def _asked(self, request: Request) -> tuple[Place, SheetRows, Record]:
        sheet = self._sheet(request)
        place = Place(sheet.sheet["sheet_id"], request.path_params["row"], request.path_params["column"])
        record = self._collection.record(place)
        if record is None or place.column not in _values(record):
            raise HTTPException(404)
        return place, sheet, record

    def _sheet(self, request: Request) -> SheetRows:
        sheet = self._collection.sheets.get(request.path_params["sheet_id"])
        if sheet is None:
            raise HTTPException(404)
        return sheet

    def _marks(self, sheet_id: str) -> dict[int, list[Mark]]:
        """The printed lines of all values of a sheet, by page; those of a merged cell for each of its rows."""
        cleaned = self._collection.cleaned(sheet_id)
        marks: dict[int, list[Mark]] = {}
        if cleaned is not None:
            rows = [(SHEET_ROW, cleaned.fields), *((str(n), row.values) for n, row in enumerate(cleaned.rows, start=1))]
            for row, values in rows:
                for column, value in values.items():
                    for page, points in _outlines(value):
                        marks.setdefault(page, []).append(Mark(Place(sheet_id, row, column), points))
        return marks


def _outlines(value: CleanValue) -> Iterator[tuple[int, str]]:
    raw: RawValue | None = value.raw
    for line in raw.lines if raw is not None else ():
        if line.quad is not None:
            yield line.page, " ".join(f"{x:.0f},{y:.0f}" for x, y in line.quad)


def _values(record: Record) -> Record:
    """The values of a row of ``indikator.csv``, or of one of ``sheets.csv``."""
    if "baris" not in record:
        return {name: record[name] for name in FIELD_COLUMNS if name in record}
    return {name: text for name, text in record.items() if name not in _NOT_VALUES}


def _address(place: Place) -> str:
    return f"/nilai/{place.sheet_id}/{place.row}/{place.column}"


def _onward(held: Collection, place: Place | None) -> str:
    """Where the page goes on: at a value, told that it was drawn by lot if so, or at the start where there is none."""
    if place is None:
        return "/"
    return f"{_address(place)}?contoh=ya" if held.is_sample(place) and not held.is_doubtful(place) else _address(place)


def _check(place: Place) -> str:
    """Where what is typed for a value is checked; empty where nothing can be."""
    return f"/periksa/{place.sheet_id}/{place.row}/{place.column}" if is_checked(place.column) else ""


_TEMPLATES = Environment(loader=PackageLoader("iki.review"), autoescape=True, undefined=StrictUndefined)
_TEMPLATES.globals.update(address=_address, check=_check, SHEET_ROW=SHEET_ROW, Place=Place)
_TEMPLATES.filters["spoken"] = lambda column: column.replace("_", " ")


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))


def _image(data: bytes | None, kind: str) -> Response:
    if data is None:
        raise HTTPException(404)
    return Response(data, media_type=kind)


def _said(key: str, status: int) -> Response:
    text = _TEMPLATES.get_template("pesan.html").render(text=written(key), can_undo=False, undo_key="")
    return HTMLResponse(text, status)


def _not_found(_: Request, __: Exception) -> Response:
    return _said("review_not_here", 404)
