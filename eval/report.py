"""One self-contained HTML page for a set of runs: opens offline, filters, a link to every case."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from string import Template

from eval.compare import Comparison
from eval.run import Result, Run

PAGE = Template("""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>评测报告 · $title</title>
<style>
:root{--ink:#1d2430;--soft:#5b6675;--line:#d9dee6;--good:#1b7a4b;--bad:#b3261e;--paper:#fff;--wash:#f5f7fa}
@media(prefers-color-scheme:dark){:root{--ink:#e7ebf0;--soft:#a4afbd;--line:#39424e;--good:#5fd39a;--bad:#ff8a80;
--paper:#171b21;--wash:#1f252d}}
body{font:16px/1.6 "Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif;color:var(--ink);background:var(--paper);
margin:0 auto;max-width:1080px;padding:24px}
h1{font-size:24px;margin:0 0 4px}h2{font-size:19px;margin:32px 0 8px}.soft{color:var(--soft)}
.bar{height:10px;background:var(--wash);border:1px solid var(--line);border-radius:5px;overflow:hidden;max-width:420px}
.bar i{display:block;height:100%;background:var(--good)}
.filters button{font:inherit;padding:6px 14px;margin:0 6px 8px 0;border:1px solid var(--line);border-radius:6px;
background:var(--wash);color:inherit;cursor:pointer}.filters button[aria-pressed=true]{border-color:var(--ink)}
details{border-top:1px solid var(--line);padding:6px 0}summary{cursor:pointer}
summary b{display:inline-block;min-width:3.5em}.pass b{color:var(--good)}.fail b{color:var(--bad)}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--wash);padding:10px;border-radius:6px;font-size:14px}
</style></head><body>
<h1>评测报告</h1><p class="soft">$title</p>
<div class="filters" role="group" aria-label="筛选">
<button aria-pressed="true" data-show="all">全部</button><button data-show="fail">未通过</button>
<button data-show="flip">有变化</button></div>
$sections
<script>
const show=(what,button)=>{
document.querySelectorAll('details').forEach(d=>d.hidden=what!=='all'&&!d.classList.contains(what));
document.querySelectorAll('.filters button').forEach(b=>b.setAttribute('aria-pressed',b===button))};
document.querySelectorAll('.filters button').forEach(b=>b.addEventListener('click',()=>show(b.dataset.show,b)));
if(location.hash){const d=document.getElementById(decodeURIComponent(location.hash.slice(1)));if(d)d.open=true}
</script></body></html>
""")


def _case(run: Run, result: Result, flips: dict[str, str]) -> str:
    word = "通过" if result.passed else "未通过"
    classes = " ".join(["pass" if result.passed else "fail", *(["flip"] if result.id in flips else [])])
    notes = "".join(f" · {n}" for n in (flips.get(result.id, ""), "必须通过" if result.must else "") if n)
    why = "".join(f"<p>{escape(w)}</p>" for w in [*result.why, *([result.error] if result.error else [])])
    output = escape(json.dumps(result.output, ensure_ascii=False, indent=1, default=str))
    anchor = escape(f"{run.suite}/{result.id}", quote=True)
    return (
        f'<details id="{anchor}" class="{classes}"><summary><b>{word}</b> <a href="#{anchor}">{escape(result.id)}</a>'
        f'<span class="soft"> {result.ms} ms{escape(notes)}</span></summary>{why}<pre>{output}</pre></details>'
    )


def _verdict(run: Run, comparison: Comparison | None) -> str:
    lines = [f"最低要求 {run.at_least:.0%}，{'达到' if run.acceptable() else '没有达到'}"]
    if run.broken_musts():
        lines.append("必须通过而未通过：" + "、".join(run.broken_musts()))
    if comparison:
        lines.append(
            f"与基线相比：由通过变为未通过 {len(comparison.broke)} 个，由未通过变为通过 {len(comparison.mended)} 个，"
            f"McNemar p = {comparison.p_value:.3f}（至少 {comparison.visible_flips} 个同向变化才能与偶然区分）"
        )
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def _section(run: Run, comparison: Comparison | None) -> str:
    flips = {i: "变差" for i in comparison.broke} | {i: "变好" for i in comparison.mended} if comparison else {}
    passed = sum(r.passed for r in run.results)
    under = " · ".join(f"{k} {v}" for k, v in sorted(run.under.items()))
    return (
        f'<section><h2 id="{escape(run.suite, quote=True)}">{escape(run.suite)}</h2>'
        f'<div class="bar" role="img" aria-label="通过 {run.share():.0%}"><i style="width:{run.share():.1%}"></i></div>'
        f"<p>{passed}/{len(run.results)} 通过，加权 {run.share():.1%}，用时 {run.seconds:.0f} 秒</p>"
        f"{_verdict(run, comparison)}"
        f'<p class="soft">{escape(under)}</p>{"".join(_case(run, r, flips) for r in run.results)}</section>'
    )


def report(runs: Sequence[Run], comparisons: Sequence[Comparison | None]) -> str:
    """The page for runs and, beside each, its comparison with the baseline or None."""
    when = runs[0].started_at.strftime("%Y-%m-%d %H:%M UTC") if runs else ""
    sections = "".join(_section(run, comparison) for run, comparison in zip(runs, comparisons, strict=True))
    return PAGE.substitute(title=escape(when), sections=sections)
