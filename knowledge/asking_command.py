"""`python -m knowledge questions`: lay questions for every passage that lacks them, as fast as the machine can."""

from __future__ import annotations

from collections.abc import Callable

from knowledge.asking import pending
from knowledge.asking_run import Run, run
from knowledge.items import Catalogue
from knowledge.library import Library
from knowledge.made_questions import Questions
from knowledge.scopes import Scopes
from prompts.models import Models
from prompts.settings import Settings

Say = Callable[[str], None]


def command(
    settings: Settings,
    models: Models,
    limit: int | None,
    say: Say,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Writes for at most `limit` passages and says what was done; 0 when nothing stands in the way.

    Ctrl-C ends it with what is done kept; the next run goes on from there.
    """
    library, questions = Library(settings), Questions(settings)
    library.refresh()
    passages = library.passages()
    items, scopes = Catalogue.load().all(), Scopes.load()
    units = pending(passages, questions, models, settings.day(), items, scopes)
    say(f"条文 {len(passages)} 条，其中现行而没有问法的 {len(units)} 条")
    done = Run()
    try:
        done = run(units[:limit], library.passage, questions, models, progress)
    except KeyboardInterrupt:
        done.stopped = "被中断"
        return 130
    finally:
        models.close()
        library.close()
        left = pending(passages, questions, models, settings.day(), items, scopes)
        say(f"已写好 {len(units) - len(left)} 条，还有 {len(left)} 条；已写的都已保存，再次运行会接着写")
    say(f"问题 {done.questions} 个，问过模型 {done.asked} 条，用去 {done.tokens} 个词元")
    if done.stopped:
        say(f"停下：{done.stopped}")
    return int(bool(done.stopped))
