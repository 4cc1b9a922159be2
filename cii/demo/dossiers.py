"""What a case leaves beside its process: person, parties, sight, consent, disclosures, journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cii.access.sections import Mask, lead_grant, party_grant
from cii.access.vocabulary import Relation, Section
from cii.cases.vocabulary import CasePath, CaseStatus, PartyRole
from cii.demo.directory import House
from cii.demo.people import Invented
from cii.demo.sheet import Sheet
from cii.kernel.calendar import WorkingDays
from cii.kernel.clock import local_midnight
from cii.people.vocabulary import Basis, ConsentHow, Purpose
from cii.routing.actions_announce import TEXT_VERSION
from cii.routing.sharing import SHARED
from cii.store.secrets import keyed_hash, seal

FORMER_DAYS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Noted:
    """One act for the journal."""

    at: datetime
    action: str
    kind: str
    id: int
    ref: str
    unit: int | None
    case_id: int | None
    person_id: int


@dataclass(frozen=True, slots=True)
class Canton:
    """Everything a layer needs: directory, sheet, calendar, the moment at which the demo starts."""

    house: House
    sheet: Sheet
    calendar: WorkingDays
    now: datetime
    person_key: str
    noted: list[Noted] = field(default_factory=list)

    def at_work(self, day: date, *, wait: int = 0) -> datetime:
        """A moment in office hours, `wait` working days after the day (at 0: that day or the next)."""
        chosen = self.calendar.after(day, wait)
        return local_midnight(chosen) + timedelta(
            hours=self.sheet.chance.randint(8, 16), minutes=self.sheet.chance.randint(0, 59)
        )


@dataclass
class Dossier:
    """One person's case in the making."""

    canton: Canton
    person: Invented
    person_id: int = 0
    person_ref: str = ""
    case_id: int = 0
    case_ref: str = ""
    row: dict[str, Any] = field(default_factory=dict)
    parts: dict[tuple[int, PartyRole], dict[str, Any]] = field(default_factory=dict)
    grants: list[dict[str, Any]] = field(default_factory=list)

    @property
    def sheet(self) -> Sheet:
        """The sheet on which rows are gathered."""
        return self.canton.sheet

    def attach(self, unit: int, at: datetime) -> None:
        """The unit enters the person and sees what it typed."""
        sheet, one = self.sheet, self.person
        self.person_ref = sheet.ref()
        self.person_id = sheet.put(
            "person", ref=self.person_ref, avs_sealed=seal(self.canton.person_key, one.avs),
            avs_hash=keyed_hash(self.canton.person_key, one.avs), created_at=at,
        )  # fmt: skip
        sheet.put(
            "identity", person_id=self.person_id, unit_id=unit, last_name=one.last_name,
            first_name=one.first_name, birth_date=one.birth_date, postcode=one.postcode,
            municipality=one.municipality, language=one.language, sex=one.sex, folded=one.folded,
            recorded_at=at, account_id=self.canton.house.by_unit.get(unit),
        )  # fmt: skip
        self.grant(
            unit, at, Mask(Section.IDENTITY, Section.IDENTITY), Basis.OWN_CASE,
            f"attach:{self.person_id}:{unit}", Relation.OWN, case=False,
        )  # fmt: skip
        self.wrote("attach_person", "person", self.person_id, self.person_ref, unit, at)

    def open(self, path: CasePath, unit: int, lead: int, at: datetime) -> None:
        """Open the case: the announcing unit sees it; `lead` leads from the start."""
        sheet = self.sheet
        self.case_ref, mark = sheet.ref(), sheet.ref().upper()
        self.case_id = sheet.put(
            "case_file", ref=self.case_ref, number=f"CII-{mark[:4]}-{mark[4:8]}", person_id=self.person_id,
            path=path, opened_at=at, opened_by_unit_id=unit, lead_unit_id=lead,
            lead_account_id=self.canton.house.by_unit.get(lead), status=CaseStatus.OPEN, version=1,
        )  # fmt: skip
        self.row = sheet.rows("case_file")[-1]
        self.wrote("open_case", "case", self.case_id, self.case_ref, unit, at)
        self.join(lead, PartyRole.LEAD, at, lead_grant(), Basis.OWN_CASE, Relation.OWN)
        if unit != lead:
            self.join(unit, PartyRole.ANNOUNCING, at, lead_grant(), Basis.OWN_CASE, Relation.OWN)

    def join(  # noqa: PLR0917 - as `cases.join`
        self,
        unit: int,
        role: PartyRole,
        at: datetime,
        mask: Mask | None = None,
        basis: Basis = Basis.OWN_CASE,
        relation: Relation | None = None,
    ) -> None:
        """A unit takes part; `mask` None where another grant opens the case."""
        if (unit, role) in self.parts and self.parts[unit, role]["until"] is None:
            return
        made = self.sheet.put("case_party", case_id=self.case_id, unit_id=unit, role=role, since=at)
        self.parts[unit, role] = self.sheet.rows("case_party")[-1]
        if mask is not None:
            self.grant(unit, at, mask, basis, f"party:{made}", relation or Relation.PARTY)

    def move_lead(self, to: int, at: datetime) -> None:
        """Another unit leads: the former keeps reading for thirty days, its other parts stay."""
        former = int(self.row["lead_unit_id"])
        if former == to:
            return
        part = self.parts[former, PartyRole.LEAD]
        part["until"] = at
        for held in self.grants_of(f"party:{part['id']}"):
            held["closed_at"] = at
        for (unit, role), other in self.parts.items():
            if unit == former and role is not PartyRole.LEAD and other["until"] is None:
                if self.row["path"] is CasePath.YOUTH:
                    other["until"] = at
                else:
                    usual, cause = party_grant(), f"party:{other['id']}"
                    self.grant(former, at, usual, Basis.OWN_CASE, cause, Relation.PARTY)
        if at + FORMER_DAYS > self.canton.now or self.row["opened_at"] > self.canton.now - timedelta(
            days=400
        ):
            self.grant(
                former, at, Mask(lead_grant().reads), Basis.OWN_CASE, f"party:{part['id']}",
                Relation.FORMER, until=at + FORMER_DAYS,
            )  # fmt: skip
        self.join(to, PartyRole.LEAD, at, lead_grant(), Basis.OWN_CASE, Relation.OWN)
        self.row["lead_unit_id"], self.row["lead_account_id"] = to, self.canton.house.by_unit.get(to)
        self.wrote("move_lead", "case", self.case_id, self.case_ref, to, at)

    def close(self, outcome: str, at: datetime, unit: int | None = None) -> None:
        """Close the case with its outcome."""
        self.row.update(status=CaseStatus.CLOSED, closed_at=at, outcome=outcome)
        self.wrote("close_case", "case", self.case_id, self.case_ref, unit or self.row["lead_unit_id"], at)

    def touch(self, times: int = 1) -> None:
        """Count the case's version on."""
        self.row["version"] += times

    def grants_of(self, cause: str) -> list[dict[str, Any]]:
        """Open grants of that cause still on the sheet."""
        return [one for one in self.grants if one["cause"] == cause and one["closed_at"] is None]

    def grant(  # noqa: PLR0917 - the columns of the row
        self,
        unit: int,
        at: datetime,
        mask: Mask,
        basis: Basis,
        cause: str,
        relation: Relation,
        *,
        case: bool = True,
        until: datetime | None = None,
    ) -> None:
        """Open sections of the case and person to a unit."""
        self.sheet.put(
            "access_grant", unit_id=unit, person_id=self.person_id, case_id=self.case_id if case else None,
            relation=relation, reads=int(mask.reads), writes=int(mask.writes & mask.reads),
            basis=basis.value, cause=cause, valid_from=at, valid_until=until,
        )  # fmt: skip
        self.grants.append(self.sheet.rows("access_grant")[-1])

    def consent(self, unit: int, receivers: Sequence[int], at: datetime) -> tuple[int, date]:
        """The person agrees that these institutions learn what the network shares; two years."""
        given = at.date()
        until = given.replace(year=given.year + 2, day=min(given.day, 28))
        made = self.sheet.put(
            "consent", person_id=self.person_id, purpose=Purpose.COORDINATION, text_version=TEXT_VERSION,
            sections=int(SHARED | Section.MEDICAL), given_on=given, valid_until=until, recorded_at=at,
            recorded_by=self.canton.house.by_unit.get(unit), recorded_unit=unit, how=ConsentHow.SIGNED_PAPER,
        )  # fmt: skip
        for institution in dict.fromkeys(self.canton.house.unit_institution[one] for one in receivers):
            self.sheet.put("consent_recipient", consent_id=made, institution_id=institution)
        return made, until

    def disclose(  # noqa: PLR0917 - who, to whom, what, on which consent
        self,
        giver: int,
        receiver: int,
        reads: Section,
        writes: Section,
        consent: int,
        until: date,
        at: datetime,
    ) -> None:
        """Pass sections to another unit, which sees them as long as the consent holds."""
        made = self.sheet.put(
            "disclosure", person_id=self.person_id, case_id=self.case_id, from_unit_id=giver,
            to_unit_id=receiver, sections=int(reads), basis=Basis.CONSENT, consent_id=consent, at=at,
            account_id=self.canton.house.by_unit.get(giver),
        )  # fmt: skip
        self.grant(
            receiver, at, Mask(reads, writes), Basis.CONSENT, f"disclosure:{made}", Relation.PARTY,
            until=local_midnight(until + timedelta(days=1)),
        )  # fmt: skip
        self.wrote("disclose", "disclosure", made, self.case_ref, giver, at)

    def wrote(  # noqa: PLR0917 - what a journal entry says
        self, action: str, kind: str, id_: int, ref: str, unit: int | None, at: datetime
    ) -> None:
        """Note the act for the journal; entries are written in the order of their moments."""
        self.canton.noted.append(
            Noted(at, action, kind, id_, ref, unit, self.case_id or None, self.person_id)
        )


def put_journal(canton: Canton) -> int:
    """Write the acts noted so far as journal entries, oldest first; the sealer chains them afterwards."""
    noted, names = canton.noted, _names(canton)
    for act in sorted(noted, key=lambda one: one.at):
        account = canton.house.by_unit.get(act.unit) if act.unit else None
        subjects = [(act.kind, act.id), ("case", act.case_id), ("person", act.person_id)]
        held = list(dict.fromkeys((name, one) for name, one in subjects if one))
        entry = canton.sheet.put(
            "journal_entry",
            at=act.at,
            account_id=account,
            actor=names.get(account or 0, "cii"),
            unit_id=act.unit,
            action=act.action,
            kind=act.kind,
            ref=act.ref,
            objects=" ".join(f"{name}:{one}" for name, one in held),
            sections=0,
            correlation=f"demo{canton.sheet.chance.getrandbits(48):012x}",
        )
        for name, one in held:
            canton.sheet.put("journal_subject", kind=name, object_id=one, entry_id=entry)
    count = len(noted)
    noted.clear()
    return count


def _names(canton: Canton) -> Mapping[int, str]:
    table = canton.sheet.table("account")
    rows = canton.sheet.session.execute(table.select())
    return {row.id: row.name for row in rows}


def utc(day: date, hour: int = 8) -> datetime:
    """A moment of a day in UTC."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
