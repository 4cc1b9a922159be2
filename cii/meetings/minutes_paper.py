"""Minutes as a Word file to complete: who was there, what was said of each item, decisions to carry out."""

from pathlib import Path

import cii.documents
from cii.access.queries import account_names
from cii.coordination.queries import codes
from cii.documents import docx
from cii.meetings.decided import decisions
from cii.meetings.queries import agenda, invitations
from cii.meetings.rules import MeetingNotHeld
from cii.meetings.tables import Meeting
from cii.meetings.vocabulary import Answer, ItemState, MeetingState
from cii.meetings.wording import item_said
from cii.store.work import Work
from cii.texts import formats
from cii.texts.speech import say, word

_TEMPLATE = Path(cii.documents.__file__).parent / "templates" / "minutes.docx"


def minutes_docx(work: Work, meeting: Meeting, lang: str) -> bytes:
    """The minutes of a meeting that was held, filled with what the house knows, in a language.

    The caller started its read at the meeting. Refuses: MeetingNotHeld.
    """
    if meeting.state is not MeetingState.HELD or meeting.held_on is None:
        raise MeetingNotHeld
    called, owners = invitations(work, meeting), codes(work)
    names = account_names(work, {one.account_id for one in called if one.account_id is not None})
    people = [
        {
            "name": names.get(one.account_id or 0, ""),
            "institution": owners.get(one.institution_id or 0, say("minutes.guest", lang)),
            "there": say("minutes.present", lang)
            if one.attended
            else word(one.answer, lang)
            if one.answer is Answer.EXCUSED
            else say("minutes.absent", lang),
        }
        for one in called
    ]
    taken = [
        {
            "number": f"{row.year}-{row.number}",
            "wording": f"{row.wording} ({word(row.stand, lang)})",
            "owner": owners.get(row.owner_id or 0, "–"),
            "due": formats.day(row.due_on, lang) if row.due_on else "–",
        }
        for row in reversed(decisions(work, meeting_id=meeting.id, limit=200))
    ]
    items = [one for one in agenda(work, meeting) if one.state is ItemState.KEPT]
    return docx.fill(
        _TEMPLATE,
        {
            "said": {name: say(f"minutes.{name}", lang) for name in _SAID},
            "title": say("minutes.of", lang, body=word(meeting.body, lang)),
            "when": formats.long_day(meeting.held_on, lang),
            "place": meeting.place or "–",
            "summary": meeting.summary,
            "people": people,
            "items": [
                {
                    "title": f"{at}. {item_said(one, lang)}",
                    "outcome": one.outcome or say("minutes.to-write", lang),
                }
                for at, one in enumerate(items, start=1)
            ],
            "decisions": taken,
        },
        created=meeting.held_recorded_at or work.now,
    )


_SAID = (
    "attendance", "name", "institution", "presence", "agenda", "decisions", "number", "wording", "owner",
    "due", "adopted",
)  # fmt: skip
