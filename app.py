"""Builds the parts, mounts the pages and the interface, starts: `python app.py [--demo] [--port N]`."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import anyio.to_thread
import structlog
import uvicorn
from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from assistant import api, api_front, api_mine, api_office, api_own, api_papers, problems
from assistant.api_access import COOKIE, SECURE_COOKIE, Access, address_of, install_problems
from assistant.conversation import Parts
from assistant.counter import Counter, DeskHooks
from assistant.guard import Guard, Mount
from assistant.papers import Papers
from assistant.people import People
from assistant.register import register
from assistant.replies_store import Replies
from assistant.store import Store
from assistant.switch import follow_switch
from eval import api as eval_api
from knowledge.asking_run import Asking
from knowledge.grounding import Panel
from knowledge.items import Catalogue
from knowledge.library import Library
from knowledge.office import Office
from knowledge.regions import Regions
from knowledge.scopes import Scopes
from prompts.models import Models
from prompts.roles import standing
from prompts.settings import ROLES, Settings
from review import api as review_api
from review.desk import Desk
from review.jobs import Jobs
from review.reviewer import Reviewer

MOUNTS = (
    Mount("/apply", ("applicant",)),
    Mount("/desk", ("clerk", "supervisor")),
    Mount("/eval", ("evaluator",)),
)
THREADS = 100
"""Calls answered at a time; most of them wait for a model."""
TICK = 3.0
"""Seconds after which a process follows the assistant's switch turned in another one."""
HOUR = 3600.0
_log = structlog.get_logger("bancheng")


@dataclass(frozen=True)
class Works:
    """Everything one process is made of."""

    settings: Settings
    store: Store
    counter: Counter
    desk: Desk
    jobs: Jobs
    access: Access
    asking: Asking

    @property
    def parts(self) -> Parts:
        """What the conversation works with."""
        return self.counter.parts


def build(settings: Settings, models: Models | None = None) -> Works:
    """Opens the store and puts the parts together; starts nothing."""
    store = Store(settings)
    office, models = Office.load(settings.office), models or Models(settings)
    parts = Parts(
        settings=settings,
        models=models,
        catalogue=Catalogue.load(),
        scopes=Scopes.load(office_catalogue=office.scope_catalogue),
        office=office,
        regions=Regions.load(),
        library=Library(settings),
        panel=Panel(models),
    )
    register(office, parts.regions)  # a long list is made ready before the first name is asked about
    people, papers = People(store.database, settings), Papers(store.vault, settings)
    counter = Counter(parts, store, people, papers)
    desk = Desk(settings, store, parts.catalogue, papers.page_png, office.authority_name)
    counter.desk = DeskHooks(desk.opened, desk.withdrawn, desk.notice_for, desk.notice_pdf_for, desk.clock_for)
    reviewer = Reviewer(parts, lambda m: desk.cases.reading(m.sha256) or papers.document(m))
    jobs = Jobs(settings, counter, desk, reviewer)
    follow_switch(store, models)
    library = parts.library
    asking = Asking(settings, models, library, library.questions, parts.catalogue.all(), parts.scopes)
    return Works(settings, store, counter, desk, jobs, Access(people, Replies(store.database), settings), asking)


def application(works: Works, *, background: bool = True) -> FastAPI:
    """The whole server. `background=False` starts no jobs, models or library: for tests of the interface alone."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=_lifespan(works, background))
    app.state.access, app.state.counter, app.state.desk = works.access, works.counter, works.desk
    install_problems(app)
    ours = (api.router, api_own.router, api_papers.router, api_front.router, api_mine.router, api_office.router)
    for router in (*ours, review_api.router):
        app.include_router(router)
    app.include_router(eval_api.router(works.settings), prefix=api.PREFIX)
    _add_operations(app, works)
    _quiet_frameworks(works.settings)
    _mount_pages(app, works)
    own = [works.settings.public_origin] if works.settings.public_origin else []
    app.add_middleware(CORSMiddleware, allow_origins=own, allow_credentials=bool(own))
    app.add_middleware(
        Guard,
        user=works.access.people.user,
        owns=works.access.people.owns_page_session,
        mounts=MOUNTS,
        cookies=(SECURE_COOKIE, COOKIE),
        public_origin=works.settings.public_origin,
        upload_bytes=works.settings.upload_mb * 1024 * 1024,
    )
    return app


def readiness(works: Works) -> dict[str, Any]:
    """What works and what does not. As long as the store does, forms, uploads and the desk go on."""
    database, library = works.store.database.ping(), works.parts.library.status()
    models = works.parts.models.status()
    degraded = [f"model {role}: {models[role]}" for role in ROLES if not works.parts.models.ready(role)]
    degraded += [] if library.vectors_ready else ["index: found by words, not yet by meaning"]
    return {
        "status": "down" if not database else "degraded" if degraded else "ready",
        "database": "ready" if database else "down",
        "index": {**asdict(library), "ready": library.ready},
        "models": models,
        "roles": {s.duty: s.line for s in standing(works.parts.models)},
        "degraded": degraded,
    }


def _add_operations(app: FastAPI, works: Works) -> None:
    @app.get("/healthz", include_in_schema=False)
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", include_in_schema=False)
    def readyz() -> JSONResponse:
        found = readiness(works)
        return JSONResponse(found, 503 if found["status"] == "down" else 200)

    @app.get("/version", include_in_schema=False)
    def product_version() -> dict[str, str]:
        return {"name": "bancheng", "version": _version()}

    @app.get("/metrics", include_in_schema=False)
    def metrics(request: Request) -> Response:
        """For a collector on this machine, or an administrator."""
        user = works.access.user(request)
        if address_of(request) not in ("127.0.0.1", "::1") and (user is None or user.role != "admin"):
            raise problems.not_found()
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _mount_pages(app: FastAPI, works: Works) -> None:
    """The three page apps, each behind its own roles (see `guard.py`)."""
    import gradio

    from assistant import page, page_shell
    from eval import page as eval_page
    from review import page as review_page

    plain = page_shell.page_head(Path(str(eval_page.__file__)).with_name("page.js"))
    built = (
        (page.build(works.counter), page_shell.CSS, page.HEAD),
        (review_page.build(works.desk, works.counter), review_page.CSS, review_page.HEAD),
        (eval_page.build(works.settings, works.parts.models), page_shell.CSS, plain),
    )
    for mount, (blocks, css, head) in zip(MOUNTS, built, strict=True):
        gradio.mount_gradio_app(
            app,
            blocks.queue(default_concurrency_limit=40, max_size=400),
            mount.path,
            auth_dependency=_named(works, mount),
            css=css,
            head=head,
            show_error=False,
            run_history=False,
            mcp_server=False,
            enable_monitoring=False,
            footer_links=[],
            ssr_mode=False,
            max_file_size=1,
            app_kwargs={"openapi_url": None, "docs_url": None, "redoc_url": None},
        )


def _named(works: Works, mount: Mount) -> Callable[[Request], str | None]:
    def username(request: Request) -> str | None:
        user = works.access.user(request)
        return user.username if user and user.role in mount.roles else None

    return username


def _lifespan(works: Works, background: bool) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        stop = threading.Event()
        started = [_begin(start) for start in (_starters(works, stop) if background else ())]
        yield
        stop.set()
        await anyio.to_thread.run_sync(_end, works, started, background)

    return lifespan


def _starters(works: Works, stop: threading.Event) -> tuple[Callable[[], None], ...]:
    """What takes its time and must not keep the pages waiting."""
    parts, rounds = works.parts, partial(_rounds, works, stop)
    return parts.library.start, parts.models.warm, works.jobs.launch, works.asking.start, rounds


def _begin(start: Callable[[], None]) -> threading.Thread:
    def safely() -> None:
        try:
            start()
        except Exception as error:
            _log.error("not_started", what=getattr(start, "__qualname__", ""), error=type(error).__name__)

    thread = threading.Thread(target=safely, daemon=True)
    thread.start()
    return thread


def _rounds(works: Works, stop: threading.Event) -> None:
    """Follows the switch every few seconds; tidies up and notes the record's head every hour."""
    waited = HOUR
    while True:
        follow_switch(works.store, works.parts.models)
        waited += TICK
        if waited >= HOUR:
            waited = 0.0
            works.access.people.purge()
            works.access.replies.purge()
            works.store.keep_head()
        if stop.wait(TICK):
            return


def _end(works: Works, started: list[threading.Thread], background: bool) -> None:
    parts = works.parts
    closing = (works.asking.close, works.jobs.close, parts.library.close, parts.models.close, works.store.keep_head)
    for close in closing if background else ():
        try:
            close()
        except Exception as error:
            _log.error("not_closed", error=type(error).__name__)
    for thread in started:
        thread.join(timeout=5)
    works.store.close()


def _version() -> str:
    try:
        return version("bancheng")
    except PackageNotFoundError:
        return "0"


def _quiet_frameworks(settings: Settings) -> None:
    """Before the page framework is imported: no telemetry, private scratch space, no tools for outsiders."""
    scratch = settings.data.resolve() / "scratch"
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ.update(
        GRADIO_ANALYTICS_ENABLED="False",
        GRADIO_TEMP_DIR=tempfile.mkdtemp(prefix="pages", dir=scratch),
        GRADIO_MCP_SERVER="False",
        HF_HUB_OFFLINE="1",
    )


def without_words(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception in a log line becomes its class and place; its text may hold personal data."""
    if event.pop("exc_info", None):
        kind, _error, at = sys.exc_info()
        while at is not None and at.tb_next is not None:
            at = at.tb_next
        event["error"] = kind.__name__ if kind else ""
        event["place"] = f"{Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}" if at else ""
    return event


def _log_as_json() -> None:
    structlog.configure(
        processors=[
            without_words,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)


def main() -> None:
    """Starts the server."""
    asked = argparse.ArgumentParser(description="办成")
    asked.add_argument("--demo", action="store_true", help="make the demonstration accounts")
    asked.add_argument("--port", type=int, help="port to serve on")
    said = asked.parse_args()
    settings = Settings(**({"port": said.port} if said.port else {}))
    _log_as_json()
    works = build(settings)
    if said.demo:
        password = settings.demo_password.get_secret_value() if settings.demo_password else ""
        made_up = works.access.people.demo(password)
        if made_up:
            sys.stdout.write(
                f"\nhttp://{settings.host}:{settings.port}   applicant1 · clerk1 · supervisor1 · evaluator1"
                f"   password {made_up}\n\n"
            )
            sys.stdout.flush()
    uvicorn.run(
        application(works),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
