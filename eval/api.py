"""Reports of finished runs, for evaluators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse

from assistant import problems
from assistant.api_access import current_user
from assistant.people import User
from eval.runs import report_path
from prompts.settings import Settings


def router(settings: Settings) -> APIRouter:
    """Routes under `/api/v1`."""
    routes = APIRouter(tags=["evaluation"])
    evaluator = Depends(current_user("evaluator", "supervisor", "admin"))

    @routes.get("/eval/runs/{name}/report.html", include_in_schema=False)
    def report(name: str, user: Annotated[User, evaluator]) -> FileResponse:
        path = report_path(settings, name)
        if path is None:
            raise problems.not_found("这份报告")
        return FileResponse(path, media_type="text/html")

    return routes
