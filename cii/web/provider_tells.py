"""What a provider tells of itself: changes of staff, a request for a talk."""

from flask import g, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.providers.actions import AskTalk, TellStaff, ask_talk, tell_staff
from cii.providers.vocabulary import StaffChange
from cii.web.base import Blueprint, see_other
from cii.web.choices import options, t
from cii.web.provider_forms import area, choice, day, form_page, line, number
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("provider_tells", __name__)


@page.get("/provider/staff")
@needs(Permit.SEE_PARTICIPANTS)
def staff() -> str:
    """The form by which a provider tells a change of staff."""
    fields = [choice("change", options(StaffChange, "staff_change")), line("function")]
    fields += [line("qualification"), number("workload", 100), day("effective_on")]
    more = {"crumb": t("web.provider.title"), "lead": t("web.provider.staff.effect")}
    return form_page("staff", url_for("provider_tells.staff_told"), fields, url_for("provider.index"), **more)


@page.post("/provider/staff")
@needs(Permit.SEE_PARTICIPANTS)
@once
@again(staff)
def staff_told() -> Response:
    """Tell a change of staff."""
    tell_staff(g.work, asked(TellStaff))
    return see_other("provider.index")


@page.get("/provider/talk")
@needs(Permit.SEE_PARTICIPANTS)
def talk() -> str:
    """The form by which a provider asks for a talk."""
    fields = [line("subject"), area("wording")]
    return form_page("talk", url_for("provider_tells.talk_asked"), fields, url_for("provider.index"))


@page.post("/provider/talk")
@needs(Permit.SEE_PARTICIPANTS)
@once
@again(talk)
def talk_asked() -> Response:
    """Ask for a talk."""
    ask_talk(g.work, asked(AskTalk))
    return see_other("provider.index")


__all__ = ["page"]
