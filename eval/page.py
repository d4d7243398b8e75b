"""The evaluator page: the latest runs, how they compare with the baseline, and a link to each report."""

from __future__ import annotations

from html import escape
from pathlib import Path

import gradio as gr

from assistant.page_shell import header, html
from eval.compare import baseline_path, compare
from eval.run import Run, load_run
from eval.runs import RunFolder, run_folders
from prompts.models import Models
from prompts.roles import Standing, standing
from prompts.settings import Settings

BASELINES = Path(__file__).parent / "baselines"
HEADER = header("评测")
HOW = (
    "<p>在命令行运行 <code>python -m eval run eval/suites/*.yaml --compare</code>，结果会出现在这里。"
    "确认没有变差以后，用 <code>python -m eval accept</code> 把这次结果设为基线，并作为改动提交评审。</p>"
)


def against(run: Run) -> str:
    """The run beside its baseline, in words."""
    path = baseline_path(run.suite, BASELINES)
    if not path.exists():
        return "还没有基线"
    found = compare(run, load_run(path))
    if not found.broke and not found.mended:
        return "与基线一致"
    return f"变差 {len(found.broke)} 个，变好 {len(found.mended)} 个（p = {found.p_value:.2f}）"


def run_row(folder: RunFolder, run: Run) -> str:
    """One line of the table."""
    link = (
        f'<a href="/api/v1/eval/runs/{escape(folder.name)}/report.html" target="_blank">报告</a>'
        if folder.report
        else ""
    )
    passed = sum(r.passed for r in run.results)
    state = "达到要求" if run.acceptable() else "没有达到要求"
    return (
        f"<tr><td>{run.started_at:%Y-%m-%d %H:%M}</td><td>{escape(run.suite)}</td>"
        f"<td>{passed}/{len(run.results)}（{run.share():.0%}）</td><td>{state}</td><td>{against(run)}</td><td>{link}</td></tr>"
    )


def runs_html(settings: Settings) -> str:
    """The table of runs, newest first."""
    rows = "".join(run_row(folder, run) for folder in run_folders(settings) for run in folder.runs)
    head = "<tr><th>时间</th><th>评测集</th><th>通过</th><th>结论</th><th>与基线相比</th><th></th></tr>"
    return f'<div class="queue"><table>{head}{rows}</table>{"" if rows else "<p>还没有运行过。</p>"}</div>'


def roles_html(models: Models) -> str:
    """Which duty is bound to which model, and whether it has earned it."""
    rows = "".join(
        f"<tr><td>{escape(s.what)}</td><td>{escape(s.model)}</td><td>{_verdict(s)}</td>"
        f"<td>{escape(f'{s.record.suite}：{s.record.measure}') if s.record else ''}</td>"
        f"<td>{f'{s.record.score:.3f} / {s.record.threshold:.2f}' if s.record else ''}</td></tr>"
        for s in standing(models)
    )
    head = "<tr><th>用途</th><th>模型</th><th>结论</th><th>评测</th><th>得分 / 要求</th></tr>"
    return f'<h2>模型能做什么</h2><div class="queue"><table>{head}{rows}</table></div>'


def _verdict(found: Standing) -> str:
    if found.record is None:
        return "没有评测记录"
    return f"{'通过' if found.passed else '没有通过'}（{found.record.on}）"


def build(settings: Settings, models: Models) -> gr.Blocks:
    """The page, to be mounted behind the evaluator role."""
    blocks = gr.Blocks(title="办成 · 评测", analytics_enabled=False)
    with blocks:
        html(HEADER)
        html("<h2>最近的评测</h2>" + HOW)
        table = html()
        gr.Button("刷新").click(lambda: runs_html(settings), None, table, show_progress="hidden")
        html(roles_html(models))
        blocks.load(lambda: runs_html(settings), None, table, show_progress="hidden")
    return blocks
