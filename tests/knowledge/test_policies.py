"""The guides that come with the product: every statement names its article, and the article says so."""

import re
from functools import cache
from pathlib import Path

import pytest

from knowledge.items import Catalogue, articles
from knowledge.passages import cut, front_matter
from knowledge.scopes import Scopes

ROOT = Path(__file__).parents[2]
GUIDES = sorted((ROOT / "knowledge" / "policies").glob("*.md"))
LAWS = ROOT.parent / "shared" / "corpus" / "laws"
CITED = re.compile(r"（《([^》]+)》(第[零一二三四五六七八九十百]+条)）$")
OUT_OF_FORCE = re.compile(r"repealed|superseded", re.IGNORECASE)

needs_laws = pytest.mark.skipif(not LAWS.is_dir(), reason="the texts of the laws do not lie beside this checkout")


def statements() -> list[tuple[str, str]]:
    return [
        (guide.name, line[2:].strip())
        for guide in GUIDES
        for line in guide.read_text(encoding="utf-8").splitlines()
        if line.startswith("- ")
    ]


@cache
def law(title: str) -> dict[str, str]:
    """{article: text} of the version in force; empty when the corpus has none."""
    for path in sorted(LAWS.glob(f"{title}(*.md"), reverse=True):
        front, body = front_matter(path.read_text(encoding="utf-8"))
        if not OUT_OF_FORCE.search(front.get("status_note", "")):
            return {unit.article: unit.text for unit in cut(body)}
    return {}


def test_the_guides_cover_what_people_ask() -> None:
    assert len(GUIDES) >= 13
    assert len(statements()) >= 200


@pytest.mark.parametrize("guide", GUIDES, ids=lambda p: p.stem)
def test_a_guide_says_what_it_is_and_is_cut_at_its_headings(guide: Path) -> None:
    front, body = front_matter(guide.read_text(encoding="utf-8"))
    assert front["rank"] == "指南"
    assert {"title", "version", "in_force_from"} <= set(front)
    headings = re.findall(r"^## (.+)$", body, re.MULTILINE)
    assert [u.article for u in cut(body)] == headings


def test_every_statement_names_its_article() -> None:
    assert [s for s in statements() if not CITED.search(s[1])] == []


@needs_laws
def test_every_cited_article_is_in_force() -> None:
    cited = {m.groups() for _, s in statements() if (m := CITED.search(s))}
    assert [(title, article) for title, article in sorted(cited) if article not in law(title)] == []


@needs_laws
def test_a_guide_says_where_a_law_was_amended_after_the_text_it_cites() -> None:
    amended = {p.name.split("(")[0] for p in LAWS.glob("*.md") if "OUTDATED" in p.read_text(encoding="utf-8")[:600]}
    silent = []
    for guide in GUIDES:
        text = guide.read_text(encoding="utf-8")
        cited = {m[1] for line in text.splitlines() if (m := CITED.search(line))} & amended
        notes = "".join(line for line in text.splitlines() if line.startswith(">"))
        silent += [(guide.name, title) for title in cited if f"《{title}》" not in notes]
    assert silent == []


@needs_laws
def test_every_number_in_a_statement_stands_in_its_article() -> None:
    wrong = []
    for guide, statement in statements():
        match = CITED.search(statement)
        assert match is not None
        said = CITED.sub("", statement)
        text = re.sub(r"\s", "", law(match[1])[match[2]])
        said = re.sub(r"《[^》]*》|“15日内决定、10日内发照”|第56号|2022年11月1日", "", said)
        numbers = re.findall(r"\d+%?|[一二三四五六七八九十百]+(?:万元|千元|日内|个月|周岁|年)", said)
        wrong += [(guide, statement, n) for n in numbers if n not in text]
    assert wrong == []


@needs_laws
def test_the_articles_behind_the_item_and_the_scopes_exist() -> None:
    item = Catalogue.load().get("individual-business-registration")
    parts = (*item.fields, *item.materials, *item.checks, *item.questions, *Scopes.load().entries)
    named = {pair for part in parts for pair in articles(part.basis) if pair[1]}
    held = {title: law(title) for title, _ in named}
    missing = [(title, article) for title, article in sorted(named) if held[title] and article not in held[title]]
    assert missing == []
    assert {t for t, _ in named if held[t]} >= {"市场主体登记管理条例", "食品安全法", "民法典"}
