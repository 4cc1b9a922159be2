"""How interruptions and overruns that a provider foresees are shown, to it and to who answers."""

from typing import Any

from cii.access.permits import Permit
from cii.agreements.queries import may_write
from cii.agreements.rules import LIVING_STATES
from cii.agreements.tables import Agreement
from cii.figures.outlooks import own_outlooks
from cii.figures.vocabulary import Volume
from cii.kernel.money import Chf
from cii.placements.foreseeing import interruptions, may_answer, may_foresee
from cii.placements.tables import Placement
from cii.providers.overruns import is_its_provider, overruns
from cii.providers.vocabulary import OverrunKind
from cii.store.work import Work
from cii.texts import formats
from cii.web.choices import options, t, word

CENTIMES = 100


def interruptions_said(work: Work, held: Placement) -> dict[str, Any]:
    """What was foreseen of a stay, and what the reader may do about it: `tells`, or `answers` (a ref)."""
    rows = interruptions(work, held)
    waits = next((one.ref for one in rows if one.answered_at is None), None)
    answers = waits is not None and may_answer(work, held) and Permit.END_PLACEMENT in work.actor.permits
    return {
        "rows": [
            {
                "reason": word(one.reason, "interruption-reason"),
                "expected_on": one.expected_on,
                "wording": one.wording,
                "told": one.recorded_at,
                "answer": one.answer or formats.DASH,
                "state": _state(answered=one.answered_at is not None),
            }
            for one in rows
        ],
        "tells": waits is None and may_foresee(work, held) and Permit.ANSWER_PLACEMENT in work.actor.permits,
        "answers": waits if answers else None,
    }


def overruns_said(work: Work, held: Agreement) -> dict[str, Any]:
    """What was foreseen under an agreement; `tells`: for its provider, `answers`: for who pays."""
    rows, own = overruns(work, held.id or 0), is_its_provider(work, held)
    answers = not own and Permit.EDIT_AGREEMENTS in work.actor.permits and may_write(work, held)
    return {
        "rows": [
            {
                "ref": one.ref,
                "name": one.kind.value,
                "kind": word(one.kind, "overrun_kind"),
                "beyond": beyond_said(one.amount, one.days),
                "expected_on": one.expected_on,
                "wording": one.wording,
                "told": one.recorded_at,
                "answer": one.answer or formats.DASH,
                "state": _state(answered=one.answered_at is not None),
                "answers": answers and one.answered_at is None,
            }
            for one in rows
        ],
        "tells": own and held.state in LIVING_STATES,
    }


def overrun_kinds() -> list[dict[str, str]]:
    """What may be exceeded."""
    return options(OverrunKind, "overrun_kind")


def overrun_proposed(work: Work, ref: str, volume: Volume | None) -> dict[str, str]:
    """What a notice on that volume of an agreement would say by its projection; empty where it suffices.

    Placements beyond are told in days: as many as the year's stays of the measure last on average.
    """
    nothing = {"kind": "", "amount": "", "days": "", "expected_on": ""}
    found = [one for one in (own_outlooks(work) if volume else ()) if one.agreement_ref == ref]
    over = next((one for one in found if one.volume is volume and one.outlook.over_on is not None), None)
    if over is None or over.outlook.over_on is None:
        return nothing
    seen = over.outlook
    beyond = max(seen.projected or 0, seen.bound) - seen.agreed
    told = {**nothing, "expected_on": max(over.outlook.over_on, work.today).isoformat()}
    match over.volume:
        case Volume.MONEY:
            francs = Chf(-(-beyond // CENTIMES) * CENTIMES)
            return {**told, "kind": OverrunKind.BUDGET.value, "amount": str(francs)}
        case Volume.PLACE_DAYS:
            return {**told, "kind": OverrunKind.VOLUME.value, "days": str(beyond)}
        case Volume.PLACEMENTS:
            days = next(
                (
                    one.outlook.bound
                    for one in found
                    if (one.volume, one.measure) == (Volume.PLACE_DAYS, over.measure)
                ),
                0,
            )
            long = -(-beyond * days // seen.bound) if seen.bound else 0
            return {**told, "kind": OverrunKind.VOLUME.value, "days": str(long or "")}


def beyond_said(amount: Any, days: int | None) -> str:  # noqa: ANN401 - Chf or None
    """By how much, in its unit."""
    return formats.money(amount) if amount is not None else t("web.foreseen.days-of", n=days or 0)


def _state(*, answered: bool) -> dict[str, str]:
    key = "web.foreseen.answered" if answered else "web.foreseen.waits"
    return {"label": t(key), "tone": "neutral" if answered else "warn"}


__all__ = ["beyond_said", "interruptions_said", "overrun_kinds", "overrun_proposed", "overruns_said"]
