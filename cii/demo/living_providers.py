"""What the demo's providers tell of themselves: who delivers for them, a change of staff, a talk asked for.

Few enough to go through the room's own actions, on the demo's first morning.
"""

from dataclasses import replace
from datetime import date

from cii.access.queries import account_actor
from cii.providers.actions import (
    AddSubcontractor,
    AskTalk,
    TellStaff,
    add_subcontractor,
    ask_talk,
    tell_staff,
)
from cii.providers.naming import provider_shown
from cii.providers.queries import own_provider_id
from cii.providers.vocabulary import StaffChange
from cii.store.work import Work


def tell_of_providers(work: Work) -> None:
    """A subcontractor, two changes of staff and a request for a talk of one provider."""
    mine = _hand(work, "etabli")
    own = own_provider_id(mine)
    tell_staff(
        mine,
        TellStaff(
            StaffChange.HIRED,
            "Maître socioprofessionnel",
            "Brevet fédéral de formateur",
            date(2026, 11, 1),
            80,
        ),
    )
    tell_staff(
        mine,
        TellStaff(StaffChange.LEFT, "Coach en insertion", "Bachelor en travail social", date(2026, 12, 31)),
    )
    ask_talk(mine, AskTalk("Volume 2027", "Nous prévoyons plus de demandes que de places dès février."))
    ref, _ = provider_shown(work, [own])[own]
    add_subcontractor(
        _hand(work, "lmmt.contrats"),
        AddSubcontractor(
            ref, "Transports du Littoral", "CHE-200.000.018", "Transports", 10, date(2026, 1, 1)
        ),
    )


def _hand(work: Work, login: str) -> Work:
    return replace(work, actor=account_actor(work, f"{login}@cii.example"), seen=[])
