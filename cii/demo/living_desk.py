"""The desk of the demo: released shares, an absence, two changes of the law, filters, a note that names."""

from dataclasses import replace
from datetime import date, timedelta

from cii.access.queries import account_actor, account_by_email
from cii.access.vocabulary import Role
from cii.cases.actions import AddNote
from cii.cases.listing import CaseFilter, case_list
from cii.cases.queries import case_by_ref
from cii.cases.vocabulary import CaseStatus
from cii.desk.announcing import PublishNews, acknowledge, publish_news
from cii.desk.loading import ReleaseShare, release_share
from cii.desk.noting import write_note
from cii.desk.saving import SaveFilter, save_filter
from cii.desk.substituting import AgreeSubstitution, agree_substitution
from cii.desk.visiting import visited
from cii.desk.vocabulary import FilterPlace
from cii.institutions.queries import unit_by_code
from cii.store.work import Work

CHIEF, MEMBER, SECOND, UNIT = "orp.chef", "orp", "orp.2", "ORP-LITTORAL"
SHARES = ((MEMBER, 60), (SECOND, 80), (CHIEF, 20))
"""Login and percent of a full position released for cases."""
NEWS = (
    PublishNews(
        "Convention de collaboration : nouvelle annexe (démonstration)",
        "Zusammenarbeitsvereinbarung: neuer Anhang (Demonstration)",
        "Collaboration agreement: new annex (demonstration)",
        "La réciprocité de l'accès au dossier est désormais inscrite dans l'annexe. Texte inventé.",
        "Das Gegenrecht bei der Akteneinsicht steht neu im Anhang. Erfundener Text.",
        "Reciprocal access to files is now part of the annex. Invented text.",
        "LACI art. 85f al. 2",
        date(2027, 1, 1),
    ),
    PublishNews(
        "Entraide administrative : demande écrite et motivée (démonstration)",
        "Amtshilfe: schriftliches und begründetes Gesuch (Demonstration)",
        "Administrative assistance: written and reasoned request (demonstration)",
        "Rappel de la forme d'une demande entre institutions. Texte inventé.",
        "Hinweis auf die Form eines Gesuchs zwischen Institutionen. Erfundener Text.",
        "Reminder of the form of a request between institutions. Invented text.",
        "LPGA art. 32",
        date(2026, 11, 1),
        (Role.CASE_MANAGER, Role.SUPERVISOR),
    ),
)


def build_desk(work: Work) -> None:
    """An ORP whose supervisor sees its load, a member who is away next week, news that wait to be read."""
    chief, member, second, group = (_as(work, login) for login in (CHIEF, MEMBER, SECOND, "gc"))
    unit = unit_by_code(work, UNIT).ref
    refs = {login: account_by_email(work, f"{login}@cii.example").ref for login, _ in SHARES}
    for login, percent in SHARES:
        release_share(chief, ReleaseShare(unit, refs[login], percent, date(work.today.year, 1, 1)))
    away = work.today + timedelta(days=7)
    agree_substitution(
        member, AgreeSubstitution(unit, refs[MEMBER], refs[SECOND], away, away + timedelta(days=9))
    )
    read, *_ = [publish_news(group, one) for one in NEWS]
    acknowledge(chief, read.ref)
    save_filter(chief, SaveFilter(FilterPlace.DESK, "Réseau en retard", "tab=late&path=reseau-cii", unit))
    save_filter(chief, SaveFilter(FilterPlace.CASES, "Cas ouverts du service", "who=unit&status=open", unit))
    for one in case_list(member, CaseFilter(my_unit=True, status=CaseStatus.OPEN), limit=1).items:
        visited(replace(member, now=work.now - timedelta(days=2)), case_by_ref(member, one["ref"]).id or 0)
        write_note(second, AddNote(one["ref"], "@Nadège Colomb la personne a confirmé le rendez-vous."))


def _as(work: Work, login: str) -> Work:
    return replace(work, actor=account_actor(work, f"{login}@cii.example"), seen=[])
