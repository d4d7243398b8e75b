"""The switch that stops every use of a model, kept in the store: all processes follow it and a restart keeps it."""

from __future__ import annotations

from assistant.store import Store
from prompts.models import Models

_MARK = "assistant"


def assistant_is_on(store: Store) -> bool:
    """Whether the switch is on; it is until somebody turns it off."""
    return store.mark(_MARK) != "off"


def switch_assistant(store: Store, models: Models, on: bool, actor: str, reason: str = "") -> None:
    """Turns the switch, on record, and follows it in this process at once."""
    store.set_mark(_MARK, "on" if on else "off", actor, {"reason": reason.strip()[:200]} if reason.strip() else {})
    follow_switch(store, models)


def follow_switch(store: Store, models: Models) -> None:
    """Lets this process do as the switch says. `BANCHENG_AI=off` stays off whatever the switch says."""
    if assistant_is_on(store) and models.settings.ai == "on":
        models.on()
    else:
        models.off()
