"""Pure rules of routing: how a row of an insured persons' file is read, and what an announcement needs.

Source: 002 §4 (systematic detection by fixed criteria, threshold of the network); product.md P2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cii.institutions.vocabulary import Sector
from cii.kernel.errors import Refusal
from cii.people.vocabulary import Sex
from cii.routing.vocabulary import Potential


class MissingCell(Refusal):
    """A column that every row must fill is empty."""

    code, kind = "row-missing", "unfit"


class NotADay(Refusal):
    """The cell is not a date written 31.12.1980 or 1980-12-31, or the day does not exist."""

    code, kind = "row-not-a-day", "unfit"


class NotACount(Refusal):
    """The cell is not a whole number within the bounds of its column."""

    code, kind = "row-not-a-count", "unfit"


class NotASystem(Refusal):
    """The cell names something else than AC, AI, AS, SFPO or SMIG."""

    code, kind = "row-not-a-system", "unfit"


class NotASex(Refusal):
    """The cell is none of 1, 2, 3, M, H, F, and not empty."""

    code, kind = "row-not-a-sex", "unfit"


class RowTwice(Refusal):
    """The same person stands twice in the file."""

    code, kind = "row-twice", "conflict"


class BelowThreshold(Refusal):
    """The network opens when one system follows the person and another owes or may owe benefits."""

    code, kind = "below-threshold", "unfit"


class TriageRefused(Refusal):
    """The triage table sends the situation nowhere; `why` says which rule and what it looks at."""

    code, kind = "triage-refused", "unfit"


class AlreadyAnnounced(Refusal):
    """The detection was announced or dismissed before."""

    code, kind = "already-announced", "conflict"


class NoUnitForRole(Refusal):
    """No unit of the canton's directory serves this role in the person's region."""

    code, kind = "no-unit-for-role", "conflict"


class ReasonMissing(Refusal):
    """The act needs a reason."""

    code, kind = "routing-reason-missing", "unfit"


class NotYourUnit(Refusal):
    """The unit is none of yours; with seats in several units, the unit has to be named."""

    code, kind = "not-your-unit", "forbidden"


class ReferralOpen(Refusal):
    """Another referral of the case still waits for its answer."""

    code, kind = "referral-open", "conflict"


class ReferralChanged(Refusal):
    """The other side has moved the referral in the meantime; `version` is the present one."""

    code, kind = "referral-changed", "stale"


class UnitNamedTwice(Refusal):
    """The unit named is one of the two between which the referral lies already."""

    code, kind = "unit-named-twice", "unfit"


class NothingToRequest(Refusal):
    """The case does not wait for an orientation: it stands elsewhere in its path."""

    code, kind = "nothing-to-request", "conflict"


class UnitNotInCase(Refusal):
    """The unit has no part in the case."""

    code, kind = "unit-not-in-case", "unfit"


class CaseWithoutProcess(Refusal):
    """The case has no process: it is an archived one."""

    code, kind = "case-without-process", "conflict"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its header, whether each row must fill it, and the bounds of its number."""

    header: str
    required: bool = True
    low: int | None = None
    high: int | None = None


COUNTS: Mapping[str, Column] = {
    "months_since_registration": Column("mois_depuis_inscription", low=0, high=600),
    "framework_days_left": Column("jours_indemnite_restants", low=0, high=800),
    "incapacity_months": Column("mois_incapacite", low=0, high=600),
    "social_aid_months": Column("mois_aide_sociale", low=0, high=600),
    "work_capacity": Column("capacite_travail", low=0, high=100),
    "problems": Column("problemes", low=0, high=10),
}
"""The facts of the detection table and their columns; empty counts as 0 but for work capacity."""

TEXTS: Mapping[str, Column] = {
    "avs": Column("avs"),
    "last_name": Column("nom"),
    "first_name": Column("prenom"),
    "birth_date": Column("naissance"),
    "postcode": Column("npa"),
    "municipality": Column("localite"),
    "language": Column("langue", required=False),
}
SYSTEMS: Mapping[str, Column] = {
    "followed": Column("suivi_par"),
    "may_owe": Column("droit_possible", required=False),
}
SEX = Column("sexe", required=False)
"""As the registers of residents write it (eCH-0044: 1, 2, 3), or by its first letter; may be left out."""
_SEXES: Mapping[str, Sex | None] = {
    "": None, "1": Sex.MALE, "M": Sex.MALE, "H": Sex.MALE, "2": Sex.FEMALE, "F": Sex.FEMALE,
    "3": Sex.UNKNOWN,
}  # fmt: skip
HEADERS: tuple[str, ...] = (
    *(column.header for group in (TEXTS, SYSTEMS, COUNTS) for column in group.values()),
    SEX.header,
)


@dataclass(frozen=True, slots=True)
class InsuredRow:
    """One insured person of a sector's file, read and checked; `facts` are those of the detection table."""

    line: int
    avs: str
    last_name: str
    first_name: str
    birth_date: date
    postcode: str
    municipality: str
    language: str
    followed: tuple[Sector, ...]
    may_owe: tuple[Sector, ...]
    facts: Mapping[str, int]
    sex: Sex | None = None


def read_row(line: int, cells: Mapping[str, str], today: date) -> tuple[InsuredRow | None, list[Refusal]]:
    """Read one row; all its faults at once, each with `line`, and the column's header as its field.

    `cells` maps header → text. Refuses (as a list): MissingCell, NotADay, NotACount, NotASystem, NotASex. The
    AVS number itself is checked by `people`, which owns that rule.
    """
    faults: list[Refusal] = []
    texts = {name: cells.get(column.header, "").strip() for name, column in TEXTS.items()}
    faults += [
        MissingCell(field=TEXTS[name].header, line=line)
        for name, value in texts.items()
        if TEXTS[name].required and not value
    ]
    birth = _day(texts["birth_date"])
    if texts["birth_date"] and (birth is None or not date(1900, 1, 1) <= birth <= today):
        faults.append(NotADay(field=TEXTS["birth_date"].header, line=line, found=texts["birth_date"][:20]))
    systems = {}
    for name, column in SYSTEMS.items():
        systems[name], strangers = _systems(cells.get(column.header, ""))
        faults += [NotASystem(field=column.header, line=line, found=one[:20]) for one in strangers]
    if not systems["followed"] and not any(fault.field == SYSTEMS["followed"].header for fault in faults):
        faults.append(MissingCell(field=SYSTEMS["followed"].header, line=line))
    sex = cells.get(SEX.header, "").strip().upper()
    if sex not in _SEXES:
        faults.append(NotASex(field=SEX.header, line=line, found=sex[:20]))
    facts: dict[str, int] = {"systems": len(systems["followed"])}
    for name, column in COUNTS.items():
        written = cells.get(column.header, "").strip()
        if not written and name == "work_capacity":
            faults.append(MissingCell(field=column.header, line=line))
            continue
        count = int(written or "0") if (written or "0").isascii() and (written or "0").isdigit() else None
        if count is None or not (column.low or 0) <= count <= (column.high or count):
            faults.append(
                NotACount(
                    field=column.header, line=line, found=written[:20], low=column.low, high=column.high
                )
            )
        else:
            facts[name] = count
    if faults or birth is None:
        return None, faults
    owing = tuple(one for one in systems["may_owe"] if one not in systems["followed"])
    language = texts["language"].lower()
    return (
        InsuredRow(
            line=line,
            avs=texts["avs"],
            last_name=texts["last_name"],
            first_name=texts["first_name"],
            birth_date=birth,
            postcode=texts["postcode"],
            municipality=texts["municipality"],
            language=language if language in {"fr", "de", "en"} else "fr",
            followed=systems["followed"],
            may_owe=owing,
            facts=facts,
            sex=_SEXES[sex],
        ),
        [],
    )


def _day(written: str) -> date | None:
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(written, form).date()  # noqa: DTZ007 - a date, no moment
        except ValueError:
            continue
    return None


def _systems(written: str) -> tuple[tuple[Sector, ...], list[str]]:
    names = [name.strip().upper() for name in written.replace("+", ",").replace("/", ",").split(",")]
    known = {sector.value: sector for sector in Sector}
    found = tuple(dict.fromkeys(known[name] for name in names if name in known))
    return found, [name for name in names if name and name not in known]


def age_at(birth: date, day: date) -> int:
    """Completed years of age; the boundary is the birthday itself (product.md §6)."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


@dataclass(frozen=True, slots=True)
class TriageFacts:
    """What the triage table looks at."""

    followed: int
    may_owe: int
    in_perimeter: bool
    reinsertion_potential: Potential
    consent_or_basis: bool
    age: int
    work_capacity: int

    def as_facts(self) -> dict[str, object]:
        """The facts by the names of the table's inputs."""
        return {
            "followed": self.followed,
            "may_owe": self.may_owe,
            "in_perimeter": self.in_perimeter,
            "reinsertion_potential": self.reinsertion_potential.value,
            "consent_or_basis": self.consent_or_basis,
            "age": self.age,
            "work_capacity": self.work_capacity,
        }


def announcement_faults(facts: TriageFacts, basis_faults: list[Refusal]) -> list[Refusal]:
    """Every reason against announcing: the threshold and each missing basis, all at once."""
    below = [BelowThreshold(followed=facts.followed, may_owe=facts.may_owe)]
    return (below if not (facts.followed >= 1 and facts.may_owe >= 1) else []) + basis_faults


LEVEL_OF_SCALE: Mapping[str, int] = {"1": 1, "2": 2, "3": 3, "4": 4}
"""Steps of the grid's scale for spoken French, read as levels of the European frame (1 = A1 … 4 = B2)."""
_FIFTY, _FULL_CAPACITY = 50, 100


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """What is known of a person who looks for a place; None: not known, or not open to the reader."""

    sector: str
    age: int | None = None
    region: str | None = None
    language: str | None = None
    work_capacity: int | None = None
    spoken: str | None = None
    training: str | None = None
    framework_days_left: int | None = None
    months_without_work: int | None = None


def place_facts(known: PlaceFacts) -> dict[str, object]:
    """The facts by the names of eligibility tables and the place finder; what is not known is absent."""
    facts: dict[str, object | None] = {
        "sector": known.sector,
        "age": known.age,
        "region": known.region,
        "language": known.language,
        "work_capacity": known.work_capacity,
        "language_level": LEVEL_OF_SCALE.get(known.spoken or ""),
        "training_level": known.training,
        "framework_days_left": known.framework_days_left,
        "months_since_registration": known.months_without_work,
        "target_groups": _groups(known) or None,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _groups(known: PlaceFacts) -> tuple[str, ...]:
    found = {
        "low_skilled": known.training == "none",
        "skilled": known.training in {"afp", "cfc", "higher"},
        "over_fifty": known.age is not None and known.age >= _FIFTY,
        "health_limited": known.work_capacity is not None and known.work_capacity < _FULL_CAPACITY,
        "migration": known.sector == "SMIG",
    }
    return tuple(name for name, holds in found.items() if holds)
