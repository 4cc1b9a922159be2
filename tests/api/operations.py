"""Every operation of the API document, with what it needs to be asked: query, body, references.

The bodies are fit; the references in them are those of somebody else's case, person or placement.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cii.access.permits import ROLE_PERMITS
from cii.access.vocabulary import Role
from cii.wire.doors import SIGNED_IN
from cii.wire.public import PUBLIC

NOVEMBER = {"starts_on": "2026-11-01", "ends_on": "2026-11-30"}

QUERIES: Mapping[str, Mapping[str, str]] = {
    "/api/v1/search": {"text": "alix"},
    "/search": {"q": "zuq"},
    "/search/suggestions": {"q": "zuq"},
    "/api/v1/cases/{ref}/places": {**NOVEMBER, "line_ref": "{line}"},
    "/api/v1/cases/{ref}/grid/changes": {"before": "2026-10-01", "after": "2026-12-31"},
    "/api/v1/cases/{ref}/plan/changes": {"before": "1", "after": "1"},
    "/api/v1/desk/load": {"unit_ref": "{unit}"},
    "/api/v1/participants": {"first": "2026-11-01", "last": "2026-11-30"},
    "/api/v1/reports/draft": {"period": "2026-Q4"},
    "/api/v1/reports/{ref}/rows": {"path": "total.cost"},
    "/api/v1/reports/draft/files/{form}": {"period": "2026-Q4"},
    "/api/v1/budgets/postings": {"first": "2026-10-01", "last": "2026-10-31"},
    "/api/v1/outcome-schemes/{ref}/simulation": {"first": "2026-01-01", "last": "2026-12-31"},
    "/api/v1/outcome-schemes/{ref}/simulation/csv": {"first": "2026-01-01", "last": "2026-12-31"},
}

BODIES: Mapping[str, Any] = {
    "/api/v1/session": {"email": "nobody@cii.example", "password": "nobody"},
    "/api/v1/detections": {
        "avs": "756.9217.0769.85", "last_name": "Exemple", "first_name": "Dominique", "birth_date": "1980-05-17",
        "postcode": "2114", "municipality": "Fleurier", "followed": ["AC"], "may_owe": ["AI", "AS"],
        "work_capacity": 60, "incapacity_months": 8,
    },
    "/api/v1/detections/{ref}/dismissal": {"reason": "Déménagement"},
    "/api/v1/announcements": {"detection_ref": "{detection}", "potential": "medium", "reason": "Motif"},
    "/api/v1/tables/{name}/what-if": {"version": 1},
    "/api/v1/referrals/{ref}/reception": {},
    "/api/v1/referrals/{ref}/acceptance": {},
    "/api/v1/referrals/{ref}/refusal": {"text": "Motif"},
    "/api/v1/referrals/{ref}/redirection": {"named_unit_ref": "{unit}", "text": "Motif"},
    "/api/v1/cases/{ref}/referrals": {"unit_ref": "{unit}", "reason": "Motif"},
    "/api/v1/cases/{ref}/suspension": {"reason": "Motif"},
    "/api/v1/cases/{ref}/resumption": {},
    "/api/v1/cases/{ref}/reopening": {"reason": "Motif"},
    "/api/v1/cases/{ref}/tasks": {"key": "meeting"},
    "/api/v1/tasks/{ref}/handover": {"unit_ref": "{unit}", "reason": "Motif"},
    "/api/v1/referrals/{ref}/question": {"text": "Depuis quand ?"},
    "/api/v1/referrals/{ref}/answer": {"text": "Depuis mars."},
    "/api/v1/referrals/{ref}/withdrawal": {"text": "Motif"},
    "/api/v1/tasks/{ref}/completion": {"outcome": "continue"},
    "/api/v1/tasks/{ref}/assignment": {"mine": True},
    "/api/v1/cases/{ref}/notes": {"text": "Note"},
    "/api/v1/cases/{ref}/notes/{note}/correction": {"text": "Note"},
    "/api/v1/desk/filters": {"place": "desk", "name": "En retard", "query": "tab=late"},
    "/api/v1/desk/drafts": {"case_ref": "{case}", "place": "note", "text": "Brouillon"},
    "/api/v1/desk/tasks": {"refs": ["{case}"], "account_ref": "{unit}"},
    "/api/v1/desk/cases": {"refs": ["{case}"], "account_ref": "{unit}"},
    "/api/v1/desk/shares": {
        "unit_ref": "{unit}", "account_ref": "{unit}", "percent": 50, "valid_from": "2026-11-01",
    },
    "/api/v1/desk/substitutions": {
        "unit_ref": "{unit}", "absent_ref": "{unit}", "substitute_ref": "{unit}", "first_day": "2027-01-04",
        "last_day": "2027-01-08",
    },
    "/api/v1/desk/substitutions/{ref}/end": None,
    "/api/v1/desk/in-place": {"refs": ["{case}"]},
    "/api/v1/desk/news": {
        "title_fr": "Titre", "title_de": "Titel", "title_en": "Title", "text_fr": "Texte", "text_de": "Text",
        "text_en": "Text", "legal_reference": "LPGA 32", "valid_from": "2027-01-01",
    },
    "/api/v1/desk/news/{ref}/reading": None,
    "/api/v1/desk/news/{ref}/withdrawal": None,
    "/api/v1/placements/{ref}/objectives": {"objectives": [{"goal": "Objectif", "balance_on": "2026-11-15"}]},
    "/api/v1/placements/{ref}/objectives/signature": {"signed_on": "2026-10-15"},
    "/api/v1/placements/{ref}/extension": {"ends_on": "2027-01-31"},
    "/api/v1/placements/{ref}/warnings": {"warned_on": "2026-11-09", "reason": "Absences."},
    "/api/v1/placements/{ref}/hearings": {"heard_on": "2026-11-10", "statement": "Explications."},
    "/api/v1/placements/{ref}/balances": {"number": 1, "outcome": "reached", "balanced_on": "2026-11-15"},
    "/api/v1/placements/{ref}/modules": {"name": "Hygiène", "acquired_on": "2026-11-15", "certificate": "H-14"},
    "/api/v1/placements/{ref}/breaches": {"happened_on": "2026-11-09", "text": "Absence sans avis."},
    "/api/v1/placements/{ref}/exit-report": {"text": "Bilan du séjour."},
    "/api/v1/placements/{ref}/exit-check": {"situation": "at_work"},
    "/api/v1/waiting/{ref}/pause": None,
    "/api/v1/waiting/{ref}/resumption": None,
    "/api/v1/outbox/{ref}/sending": None,
    "/api/v1/budgets/decisions": {"line_ref": "{line}", "year": 2027, "amount": "1000.00", "reason": "Budget 2027"},
    "/api/v1/budgets/transfers": {
        "line_ref": "{line}", "to_line_ref": "zzzzzzzzzz", "year": 2026, "amount": "1.00", "decision": "D-1",
        "reason": "Motif",
    },
    "/api/v1/budgets/transfers/decisions": {"transfer_ref": "zzzzzzzzzz", "granted": False},
    "/api/v1/budgets/ceilings": {
        "line_ref": "{line}", "year": 2026, "amount": "1.00", "decision": "D-1", "reason": "Motif",
        "agreement_ref": "zzzzzzzzzz",
    },
    "/api/v1/budgets/closings": {"line_ref": "{line}", "year": 2019},
    "/api/v1/journal/lookup": {"number": "CII-0000-0000"},
    "/api/v1/cases/{ref}/lead": {"unit_ref": "{unit}", "reason": "Motif"},
    "/api/v1/cases/{ref}/grid": {"entries": [], "finished": True},
    "/api/v1/cases/{ref}/medical": {"statement": "…", "limits": "…", "effective_on": "2026-10-14"},
    "/api/v1/cases/{ref}/assessment": {"synthesis": "Synthèse"},
    "/api/v1/cases/{ref}/plan": {
        "focus": "Emploi", "parts": [{"goal": "a", "action": "b", "unit_ref": "{unit}", "due_on": "2027-12-31"}],
    },
    "/api/v1/cases/{ref}/plan/answer": {"answer": "agree"},
    "/api/v1/cases/{ref}/plan/person": {"plan_ref": "zzzzzzzzzz", "reply": "agree", "given_on": "2026-10-14"},
    "/api/v1/cases/{ref}/plan/actions": {
        "action_ref": "zzzzzzzzzz", "state": "done", "effective_on": "2026-10-14",
    },
    "/api/v1/employers": {"name": "Menuiserie Test", "branch": "Bois", "postcode": "2000", "place": "Neuchâtel"},
    "/api/v1/checks/{ref}/answer": {"holds": "yes", "holds_on": "2026-10-14", "source": "Téléphone"},
    "/api/v1/employers/{ref}/needs": {"need": "Aide-menuisier", "wanted": 1},
    "/api/v1/employers/{ref}/needs/end": {"need_ref": "zzzzzzzzzz"},
    "/api/v1/cases/{ref}/employers": {
        "employer_ref": "zzzzzzzzzz", "subject": "Stage", "approached_on": "2026-10-14",
    },
    "/api/v1/cases/{ref}/assessment/meeting": {"met_on": "2026-10-14", "present": ["AC"]},
    "/api/v1/youth": {
        "avs": "756.9217.0769.85", "last_name": "Exemple", "first_name": "Lou", "birth_date": "2009-03-02",
        "reason": "Motif", "origin": "school_leaver", "consent_given_on": "2026-10-14",
    },
    "/api/v1/candidates": {
        "avs": "756.9217.0769.85", "last_name": "Exemple", "first_name": "Alex", "birth_date": "1976-05-01",
    },
    "/api/v1/cases/{ref}/admission/youth": {"addiction": False},
    "/api/v1/cases/{ref}/admission/candidate": {"productivity": 75},
    "/api/v1/cases/{ref}/admission/confirmation": {"admitted": True},
    "/api/v1/observations": {
        "case_ref": "{case}", "provider_unit_ref": "{unit}", **NOVEMBER,
    },
    "/api/v1/observations/{ref}/signature": {"party": "enterprise"},
    "/api/v1/observations/{ref}/extension": {"ends_on": "2026-12-31", "reason": "Motif"},
    "/api/v1/observations/{ref}/evaluation": {"suited": True, "report": "Bilan"},
    "/api/v1/observations/{ref}/early-end": {"reason": "Motif"},
    "/api/v1/recognitions": None,
    "/api/v1/recognitions/{ref}/evidence": {"entries": [{"criterion": "usual_pay", "said": "CCT"}]},
    "/api/v1/recognitions/{ref}/findings": {"entries": [{"criterion": "usual_pay", "finding": "met"}]},
    "/api/v1/recognitions/{ref}/decision": {"recognised": True, "reason": "Motif"},
    "/api/v1/recognitions/{ref}/review": {"outcome": "keep"},
    "/api/v1/access-requests": {
        "avs": "756.9217.0769.85", "purpose": "assessment", "basis": "LACI_85f_3", "sections": ["identity"],
        "reason": "Préparation du bilan professionnel.",
    },
    "/api/v1/access-requests/{ref}/withdrawal": None,
    "/api/v1/access-questions/{ref}/grant": {
        "sections": ["identity"], "until": "2027-03-31", "reason": "La base est donnée et les pièces sont là.",
    },
    "/api/v1/access-questions/{ref}/refusal": {"reason": "La base invoquée ne tient pas ici."},
    "/api/v1/break-glass": {"case_number": "CII-0000-0000", "reason": "Expulsion annoncée pour ce soir."},
    "/api/v1/break-glass/{ref}/end": None,
    "/api/v1/break-glass/{ref}/information": None,
    "/api/v1/break-glass/{ref}/review": {"finding": "ok", "reason": "L'urgence est attestée par la commune."},
    "/api/v1/person-requests": {
        "person": "756.9217.0769.85", "kind": "access", "proof": "passport", "form": "paper", "asked_on": "2026-01-05",
    },
    "/api/v1/person-requests/{ref}/answer": {"reason": "Le dossier est remis en mains propres."},
    "/api/v1/person-requests/{ref}/extension": {"due_on": "2027-03-31", "reason": "Des pièces sont à l'archive."},
    "/api/v1/person-requests/{ref}/refusal": {"reason": "La personne n'a pas prouvé son identité."},
    "/api/v1/legal-holds": {"person": "756.9217.0769.85", "basis": "appeal", "reason": "Recours pendant au tribunal."},
    "/api/v1/legal-holds/{ref}/lifting": {"reason": "Jugement entré en force."},
    "/api/v1/erasures": {"person": "756.9217.0769.85", "ground": "person_right", "reason": "Demande admise."},
    "/api/v1/erasures/{ref}/approval": None,
    "/api/v1/erasures/{ref}/rejection": {"reason": "La personne a retiré sa demande."},
    "/api/v1/archive-offers": {"person_ref": "{person}"},
    "/api/v1/archive-offers/{ref}/answer": {
        "accepted": True, "by": "archiviste", "reference": "AEN 2026/17", "said_on": "2026-10-15",
    },
    "/api/v1/archive-offers/{ref}/receipt": {
        "by": "archiviste", "reference": "AEN 2026/17-1", "said_on": "2026-10-15",
    },
    "/api/v1/cases/{ref}/restriction": {"reason": "Lien de parenté dans l'unité."},
    "/api/v1/cases/{ref}/restriction/lifting": {"reason": "Fin du lien de parenté."},
    "/api/v1/cases/{ref}/restriction/readers": {"account_ref": "zzzzzzzzzz"},
    "/api/v1/cases/{ref}/restriction/readers/removal": {"account_ref": "zzzzzzzzzz"},
    "/api/v1/restricted-cases/own-name": {"number": "CII-0000-0000", "reason": "Remplacement de la gestionnaire."},
    "/api/v1/consents": {
        "person_ref": "{person}", "institutions": ["{provider}"], "sections": ["identity"],
        "purpose": "coordination", "given_on": "2026-10-01", "valid_until": "2027-10-01", "text_version": "consentement-cii-1",
    },
    "/api/v1/consents/{ref}/withdrawal": None,
    "/api/v1/persons/doubles": {
        "last_name": "Exemple", "first_name": "Dominique", "birth_date": "1980-05-17",
    },
    "/api/v1/persons/{ref}/identity": {
        "last_name": "Exemple", "first_name": "Dominique", "birth_date": "1980-05-17",
    },
    "/api/v1/persons/{ref}/statuses": {"system": "AC", "kind": "benefit", "effective_on": "2026-10-14"},
    "/api/v1/persons/{ref}/merges": {"old_ref": "{person}", "reason": "Même personne, annoncée deux fois."},
    "/api/v1/merges/{ref}/undo": {"reason": "Ce sont deux personnes."},
    "/api/v1/cases/{ref}/links": {
        "purpose": "satisfaction", "bearer": "Marie Exemple", "days": 7, "delivery": "letter",
    },
    "/api/v1/links/{ref}/revocation": None,
    "/api/v1/placements": {
        "case_ref": "{case}", "measure_ref": "{measure}", **NOVEMBER, "shares": [{"line_ref": "{line}"}],
    },
    "/api/v1/placements/{ref}/answer": {"accept": True},
    "/api/v1/placements/{ref}/start": {"started_on": "2026-11-02"},
    "/api/v1/placements/{ref}/end": {"exited_on": "2026-11-30", "exit_type": "no_solution"},
    "/api/v1/placements/{ref}/breaks": {"starts_on": "2026-11-09", "ends_on": "2026-11-13"},
    "/api/v1/agreements/{ref}/closures": {
        "measure_ref": "{measure}", "starts_on": "2027-07-20", "ends_on": "2027-07-31", "reason": "Vacances",
    },
    "/api/v1/placements/{ref}/interruption-notices": {
        "reason": "absences", "expected_on": "2026-11-20", "wording": "Absences répétées.",
    },
    "/api/v1/placements/{ref}/interruption-notices/{notice}/answer": {"answer": "Entretien le 18."},
    "/api/v1/agreements/{ref}/indicator-values": {
        "code": "quality", "effective_on": "2026-09-30", "numerator": 24, "denominator": 30, "source": "Questionnaire",
    },
    "/api/v1/agreements/{ref}/overrun-notices": {
        "kind": "budget", "expected_on": "2026-12-01", "amount": "4200.00", "wording": "Plus de places que prévu.",
    },
    "/api/v1/agreements/{ref}/overrun-notices/{notice}/answer": {"answer": "Avenant en préparation."},
    "/api/v1/provider/staff-notices": {
        "change": "hired", "function": "Éducateur", "qualification": "HES", "effective_on": "2026-12-01",
    },
    "/api/v1/provider/talk-requests": {"subject": "Effectifs", "wording": "Deux départs au printemps"},
    "/api/v1/agreements/{ref}/evaluations": {"year": 2026, "comment_until": "2027-01-31"},
    "/api/v1/agreements": {
        "number": "2027-API-01", "provider_ref": "zzzzzzzzzz", "profile": "AC", "instrument": "agreement",
        "valid_from": "2027-06-01", "last_day": "2028-05-31",
        "bought": [{"measure_ref": "{measure}", "line_ref": "zzzzzzzzzz"}],
    },
    "/api/v1/agreements/{ref}/text/{name}": {"purpose": "Insertion durable"},
    "/api/v1/agreements/{ref}/objectives": {"level": "outcome", "wording": "Insertion", "owner": "Les deux"},
    "/api/v1/agreements/{ref}/objectives/removal": {"goal_ref": "zzzzzzzzzz"},
    "/api/v1/agreements/{ref}/deliverables/dates": {
        "kind": "courses", "frequency": "quarterly", "first": "2027-04-20",
    },
    "/api/v1/agreements/{ref}/deliverables/removal": {"deliverable_ref": "zzzzzzzzzz"},
    "/api/v1/agreements/{ref}/rounds": {"due_on": "2027-02-28"},
    "/api/v1/agreements/{ref}/comments": {"round_ref": "zzzzzzzzzz", "wording": "Délai trop court"},
    "/api/v1/agreements/{ref}/answer": {"round_ref": "zzzzzzzzzz", "stand": "accepts"},
    "/api/v1/agreements/{ref}/submission": None,
    "/api/v1/agreements/{ref}/decision": {"stand": "approved"},
    "/api/v1/agreements/{ref}/signatures": {"name": "Direction", "signed_on": "2027-01-04"},
    "/api/v1/agreements/{ref}/amendment": {"from_day": "2027-03-01"},
    "/api/v1/agreements/{ref}/renewal": {"from_day": "2028-01-01"},
    "/api/v1/agreements/{ref}/option": None,
    "/api/v1/agreements/{ref}/termination": {"last_day": "2027-12-31", "reason": "Fin du besoin"},
    "/api/v1/agreements/{ref}/price-talks": {
        "talked_on": "2027-01-05", "reason": "Coûts stables sur trois ans.",
    },
    "/api/v1/agreements/{ref}/dropping": {"reason": "Besoin disparu en automne"},
    "/api/v1/agreements/{ref}/talks": {
        "starts_at": "2027-03-02T09:00:00+01:00", "place": "Neuchâtel", "more": ["result"],
    },
    "/api/v1/agreements/{ref}/visits": {
        "starts_at": "2027-03-02T09:00:00+01:00", "place": "Sur place", "criterion": "Écart de 20 %",
        "reason": "Le taux d'insertion a baissé de moitié.",
    },
    "/api/v1/appointments/{ref}/move": {"starts_at": "2027-03-09T09:00:00+01:00", "place": "Neuchâtel"},
    "/api/v1/appointments/{ref}/cancellation": {"reason": "Reporté à l'automne"},
    "/api/v1/appointments/{ref}/minutes": {"held_on": "2027-01-05", "result": "41 % placés."},
    "/api/v1/appointments/{ref}/findings": {"held_on": "2027-01-05", "findings": "Conforme."},
    "/api/v1/appointments/{ref}/remark": {"wording": "Lu."},
    "/api/v1/calls": {"title": "Bilan", "kind": "direct", "sector": "AC", "base_requirements": "Trois ans"},
    "/api/v1/calls/{ref}/specification": {"title": "Bilan", "kind": "direct", "sector": "AC"},
    "/api/v1/calls/{ref}/publication": None,
    "/api/v1/calls/{ref}/closing": None,
    "/api/v1/calls/{ref}/points": {"offer_ref": "zzzzzzzzzz", "points": [{"criterion": "price", "points": 3}]},
    "/api/v1/calls/{ref}/ranking": None,
    "/api/v1/calls/{ref}/award": {"offer_ref": "zzzzzzzzzz", "reason": "La meilleure offre selon les critères"},
    "/api/v1/calls/{ref}/confirmation": None,
    "/api/v1/calls/{ref}/letters": None,
    "/api/v1/calls/{ref}/end": None,
    "/api/v1/calls/{ref}/agreement": {
        "number": "2027-X", "profile": "AC", "instrument": "agreement", "valid_from": "2027-01-01", "last_day": None,
        "bought": [{"measure_ref": "{measure}", "line_ref": "{line}", "overbooking": 0}],
    },
    "/api/v1/offers/{ref}/withdrawal": None,
    "/api/v1/agreements/{ref}/direct-award": {
        "title": "Bilan", "base_requirements": "Trois ans d'expérience",
        "criteria": [{"code": "price", "wording": "Prix", "weight": 100}],
    },
    "/api/v1/deliverables/{ref}/acceptance": None,
    "/api/v1/deliverables/{ref}/waiver": {"reason": "Aucun participant cette année."},
    "/api/v1/deliverables/{ref}/return": {"reason": "Il manque la page des présences."},
    "/api/v1/evaluations/{ref}/comment": {"wording": "Deux départs tardifs."},
    "/api/v1/evaluations/{ref}/review": {"said": []},
    "/api/v1/evaluations/{ref}/final": None,
    "/api/v1/evaluations/{ref}/analyses": {
        "causes": "Recrutement difficile au printemps.", "actions": "Nouvelle campagne en automne.",
    },
    "/api/v1/evaluations/{ref}/corrections": {"code": "rate", "wording": "Taux sous le minimum convenu."},
    "/api/v1/agreements/{ref}/justifications": {"code": "risk-unsaid", "wording": "Convenu ainsi avec le prestataire"},
    "/api/v1/agreements/{ref}/checklist": {"code": "general-duties", "answer": "no", "wording": "Annexe, voir le cahier des charges"},
    "/api/v1/agreements/{ref}/signature": None,
    "/api/v1/agreements/{ref}/entry-into-force": {},
    "/api/v1/agreements/{ref}/margins": {"measure_ref": "{measure}", "line_ref": "{line}", "overbooking": 2},
    "/api/v1/agreements/{ref}/tariffs": {
        "measure_ref": "{measure}", "line_ref": "{line}", "valid_from": "2027-01-01", "basis": "weekdays",
        "amount": "2200.00",
    },
    "/api/v1/placements/{ref}/resumption": {"starts_on": "2026-11-09", "ends_on": "2026-11-11"},
    "/api/v1/placements/{ref}/cancellation": {"reason": "Motif"},
    "/api/v1/placements/{ref}/observations": {
        "entries": [{"item": "quality", "value": "3", "effective_on": "2026-11-03"}],
    },
    "/api/v1/observations/{ref}/grid": {
        "entries": [{"item": "quality", "value": "3", "effective_on": "2026-10-14"}],
    },
    "/api/v1/placements/{ref}/attendance": {"marks": [{"day": "2026-11-03", "presence": "present"}]},
    "/api/v1/measures/{ref}/places": {"kind": "professional", "places": 11, "valid_from": "2027-03-01"},
    "/api/v1/measures/{ref}/quotas": {
        "line_ref": "{line}", "kind": "professional", "places": 5, "valid_from": "2027-03-01",
    },
    "/api/v1/measures": {
        "code": "NEU-01", "name": "Reliure", "kind": "occupation", "starts_on": "2027-01-01", "respondent_ref": "{unit}",
        "places": [{"kind": "occupation", "places": 4}], "quotas": [],
    },
    "/api/v1/measures/{ref}/plan": {"line_ref": "{line}", "kind": "professional", "places": 9, "due_on": "2027-06-30"},
    "/api/v1/measures/{ref}/opening-hours": {"opening_hours": "mardi"},
    "/api/v1/measures/{ref}/respondent": {"unit_ref": "{unit}", "valid_from": "2027-03-01"},
    "/api/v1/measures/{ref}/justification": {"text": "Motif"},
    "/api/v1/measures/{ref}/eligibility": {"source": "table", "valid_from": "2027-03-01"},
    "/api/v1/cases/{ref}/waiting": {"measure_ref": "{measure}", "line_ref": "{line}", **NOVEMBER},
    "/api/v1/rounds": {"title": "Tour", "starts_on": "2027-01-01", "ends_on": "2027-03-31"},
    "/api/v1/rounds/{ref}/computation": None,
    "/api/v1/rounds/{ref}/approval": {"run": 1},
    "/api/v1/rounds/{ref}/cancellation": {"reason": "Motif"},
    "/api/v1/rounds/{ref}/pins": {"candidate": 1, "kind": "refused", "reason": "Motif"},
    "/api/v1/rounds/{ref}/pins/{number}/withdrawal": None,
    "/api/v1/statements": {"agreement_ref": "{agreement}", "line_ref": "{line}", "month": "2026-11-01"},
    "/api/v1/statements/{ref}/submission": {"invoice_number": "F-2026-118"},
    "/api/v1/statements/{ref}/check": None,
    "/api/v1/statements/{ref}/approval": None,
    "/api/v1/statements/{ref}/payment": None,
    "/api/v1/statements/{ref}/return": {"reason": "Motif"},
    "/api/v1/statements/{ref}/further-engagement": None,
    "/api/v1/final-accounts": {
        "agreement_ref": "{agreement}", "line_ref": "{line}", "year": 2026, "items": [{"code": "wages", "amount": "1000.00"}],
    },
    "/api/v1/final-accounts/{ref}/approval": None,
    "/api/v1/final-accounts/{ref}/submission": {"items": [{"code": "wages", "amount": "1000.00"}]},
    "/api/v1/final-accounts/{ref}/return": {"reason": "Motif"},
    "/api/v1/final-accounts/{ref}/settlement": {"further": False},
    "/api/v1/final-accounts/{ref}/receipt": {"received_on": "2027-03-01"},
    "/api/v1/final-accounts/payments/{ref}/release": None,
    "/api/v1/final-accounts/volumes": {"agreement_ref": "{agreement}", "line_ref": "{line}", "year": 2025},
    "/api/v1/final-accounts/surplus": {
        "agreement_ref": "{agreement}", "rule": "return", "valid_from": "2026-01-01",
    },
    "/api/v1/final-accounts/surplus/carry-over": {
        "agreement_ref": "{agreement}", "year": 2026, "amount": "1000.00", "reason": "Résultat",
    },
    "/api/v1/wages/months/computation": {"line_ref": "{line}", "month": "2026-11-01"},
    "/api/v1/wages/months/check": {"line_ref": "{line}", "month": "2026-11-01"},
    "/api/v1/wages/months/approval": {"line_ref": "{line}", "month": "2026-11-01"},
    "/api/v1/wages/months/payment": {"line_ref": "{line}", "month": "2026-11-01"},
    "/api/v1/wages/parts/{ref}/check": None,
    "/api/v1/wages/parts/{ref}/approval": None,
    "/api/v1/wages/parts/{ref}/payment": None,
    "/api/v1/wages/parts/{ref}/refusal": {"reason": "Motif"},
    "/api/v1/wages/paid": {"placement_ref": "zzzzzzzzzz", "month": "2026-11-01", "amount": "1000.00"},
    "/api/v1/wage-grants": {
        "placement_ref": "zzzzzzzzzz", "kind": "pay", "category": "adult", "starts_on": "2026-11-01",
        "ends_on": "2026-11-30", "reason": "Motif",
    },
    "/api/v1/wage-grants/{ref}/decision": {"grant": True},
    "/api/v1/wage-grants/{ref}/engagement": {"year": 2026, "amount": "100.00", "reason": "Motif"},
    "/api/v1/wage-grants/{ref}/release": None,
    "/api/v1/wage-grants/{ref}/claims": {"month": "2026-11-01", "slip": "4000.00", "amount": "2400.00"},
    "/api/v1/wage-grants/{ref}/corrections": {"month": "2026-11-01", "slip": "3000.00", "amount": "1800.00"},
    "/api/v1/outcomes": {
        "scheme_ref": "zzzzzzzzzz", "placement_ref": "zzzzzzzzzz", "kpi": "Emploi durable", "value": 12,
        "held_since": "2026-11-20",
    },
    "/api/v1/outcomes/{ref}/verification": {"evidence": "Contrat vu"},
    "/api/v1/outcomes/{ref}/refusal": {"reason": "Motif"},
    "/api/v1/outcomes/{ref}/acceptance": None,
    "/api/v1/outcomes/{ref}/payment": None,
    "/api/v1/outcomes/{ref}/reversal-request": {"reason": "Motif"},
    "/api/v1/outcomes/{ref}/reversal": None,
    "/api/v1/outcome-schemes": {"agreement_ref": "{agreement}", "line_ref": "{line}", "title": "Pilote"},
    "/api/v1/outcome-schemes/{ref}/drafts": {
        "valid_from": "2027-01-01",
        "lines": [{
            "category": "A", "kpi": "Forfait", "measured": "start", "hold_months": 0, "threshold": 1,
            "amount": "800.00",
        }],
    },
    "/api/v1/outcome-schemes/{ref}/publication": None,
    "/api/v1/outcome-schemes/{ref}/budgets": {"year": 2027, "amount": "1000.00", "reason": "Motif"},
    "/api/v1/outcome-schemes/{ref}/subcontractors": {"name": "Sarl", "percent": 10, "since": "2027-01-01"},
    "/api/v1/outcome-schemes/{ref}/subcontractors/end": {
        "subcontractor_ref": "zzzzzzzzzz", "valid_to": "2027-01-01",
    },
    "/api/v1/client-categories": {
        "code": "Z", "title": "Titre", "criteria": "Critères", "content": "Teneur", "valid_from": "2027-01-01",
    },
    "/api/v1/client-categories/placements": {
        "placement_ref": "zzzzzzzzzz", "category": "A", "effective_on": "2026-11-02", "reason": "Motif",
    },
    "/api/v1/reconciliation/runs": {"business_date": "2026-12-01"},
    "/api/v1/jobs/orders": {"job": "reconciliation", "business_date": "2026-10-01"},
    "/api/v1/payments/files": {"sector": "SFPO"},
    "/api/v1/payments/owed/{ref}/receipt": {"received_on": "2027-03-01"},
    "/api/v1/payments/{ref}/release": {"reason": "Compte corrigé"},
    "/api/v1/payments/accounts": {
        "provider_ref": "zzzzzzzzzz", "iban": "CH9300762011623852957", "holder": "Fondation", "postcode": "2000", "town": "Neuchâtel",
        "valid_from": "2027-03-01", "reason": "Nouvelle relation",
    },
    "/api/v1/payments/accounts/{ref}/decision": {"confirmed": True},
    "/api/v1/federal-ceiling/counts": {
        "year": 2026, "kind": "active_population", "value": 100000, "source": "Relevé structurel",
    },
    "/api/v1/body-members": {"body": "coordination", "standing": "permanent", "valid_from": "2026-01-01", "institution": "SMIG"},
    "/api/v1/body-members/{ref}/end": {"valid_to": "2027-12-01"},
    "/api/v1/corrections": {"agreement_ref": "{agreement}", "wording": "Rapports en retard", "observed_on": "2026-10-01"},
    "/api/v1/corrections/{ref}/moves": {"event": "drop"},
    "/api/v1/mandates": {"number": "GP-2027-1", "title": "Analyse", "wording": "Analyser.", "issued_on": "2026-10-01"},
    "/api/v1/mandates/{ref}/end": {"ended_on": "2026-10-02"},
    "/api/v1/presidencies": {"year": 2031, "institution": "SASO"},
    "/api/v1/monthly-data/{month}/{institution}": {"figures": [], "remark": "Vu"},
    "/api/v1/meetings": {"body": "coordination", "planned_on": "2027-03-04"},
    "/api/v1/meetings/{ref}/place": {"starts_at": "2027-03-05T14:00:00Z", "place": "Château"},
    "/api/v1/meetings/{ref}/agenda": {"kept": []},
    "/api/v1/meetings/{ref}/agenda/proposal": None,
    "/api/v1/meetings/{ref}/agenda/items": {"title": "Calendrier"},
    "/api/v1/meetings/{ref}/agenda/guests": {"item_ref": "zzzzzzzzzz", "member_ref": "zzzzzzzzzz"},
    "/api/v1/meetings/{ref}/invitations": None,
    "/api/v1/meetings/{ref}/requests": None,
    "/api/v1/meetings/{ref}/answer": {"answer": "comes"},
    "/api/v1/meetings/{ref}/holding": {},
    "/api/v1/meetings/{ref}/cancellation": {"reason": "Pas de quorum"},
    "/api/v1/meetings/{ref}/outcomes": {"entries": []},
    "/api/v1/meetings/{ref}/distribution": None,
    "/api/v1/meetings/{ref}/adoption": None,
    "/api/v1/meetings/{ref}/decisions": {"wording": "Relancer le prestataire."},
    "/api/v1/body-decisions/{ref}/moves": {"event": "do"},
    "/api/v1/reports": {"period": "2026-Q4"},
    "/api/v1/reports/{ref}/publication": None,
    "/api/v1/reports/{ref}/sendings": {"to": ["zzzzzzzzzz"]},
    "/api/v1/reports/{ref}/comments": {"path": "total.cost", "wording": "Vu en séance."},
    "/api/v1/notices/reading": None,
    "/api/v1/cases/{ref}/documents/{document}/withdrawal": {"reason": "Motif"},
    "/api/v1/notices/{ref}/reading": None,
    "/api/v1/notices/mails": {"wishes": [{"topic": "cases", "mail": "daily"}]},
}  # fmt: skip
"""What is sent to each address that acts; None: nothing but its headers."""

FILES = {
    "/api/v1/payments/answers", "/api/v1/budgets/opening",
    "/api/v1/detections/import", "/api/v1/statuses/import", "/api/v1/cases/{ref}/documents", "/api/v1/placements/{ref}/certificates", "/api/v1/attendance/import",
    "/api/v1/monthly-data/{month}/{institution}/file", "/api/v1/meetings/{ref}/minutes",
    "/api/v1/deliverables/{ref}/submissions", "/api/v1/calls/{ref}/offers", "/api/v1/published-calls/{ref}/offers",
}  # fmt: skip
"""Addresses that take a file."""

TAKEN_AWAY = {
    "/api/v1/reports/{ref}",
    "/api/v1/desk/filters/{ref}",
    "/api/v1/session",
    "/api/v1/waiting/{ref}",
}
"""Addresses that end something by DELETE."""

OTHER_PARTS = {
    "programme": "youth-case-management",
    "note": "0000000000",
    "document": "zzzzzzzzzz",
    "edition": "zzzzzzzzzz",
    "notice": "zzzzzzzzzz",
    "submission": "zzzzzzzzzz",
    "paper": "zzzzzzzzzz",
    "item": "french_oral",
    "code": "satisfaction",
    "form": "json",
    "position": "1",
    "number": "1",
    "name": "triage",
    "older": "{report}",
    "other": "{report}",
    "month": "2026-09",
    "kind": "quarterly",
    "institution": "SEMP",
}


@dataclass(frozen=True)
class Operation:
    """One method at one address, and the permits that open it."""

    method: str
    path: str
    permits: frozenset[str]
    public: bool

    @property
    def kind(self) -> str:
        """What the reference in the address names: cases, placements, …"""
        return self.path.removeprefix("/api/v1/").split("/")[0]

    @property
    def names_something(self) -> bool:
        return "{ref}" in self.path

    def roles(self, *, allowed: bool) -> list[Role]:
        """The roles that may (or may not) come in."""
        if SIGNED_IN in self.permits:
            return list(Role) if allowed else []
        return [role for role in Role if bool(self.permits & ROLE_PERMITS[role]) == allowed]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def operations(app: Any) -> Iterator[Operation]:
    """Every operation of the document, with the permits of its view."""
    client = app.test_client()
    views = {
        (method, "/".join(_open(part) for part in rule.rule.split("/"))): rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in rule.methods
    }
    for path, methods in client.get("/api/v1/openapi.json").get_json()["paths"].items():
        for method in methods:
            if method not in {"get", "post", "patch", "put", "delete"}:
                continue
            endpoint = views[method.upper(), path]
            permits = frozenset(getattr(app.view_functions[endpoint], "permit", ()))
            yield Operation(method.upper(), path, permits, endpoint in PUBLIC)


def ask(client: Any, one: Operation, refs: Mapping[str, str], ref: str, **headers: str) -> Any:
    """Send the operation about the thing of that reference; `{names}` in query and body come from `refs`."""
    named = {**{key: value.format(**refs) for key, value in OTHER_PARTS.items()}, "ref": ref}
    address = one.path.format(**named)
    query = {key: value.format(**refs) for key, value in QUERIES.get(one.path, {}).items()}
    sent = {"Idempotency-Key": f"{one} {ref}", "If-Match": '"none.0"', **headers}
    if one.method == "GET" or one.path in FILES:
        return client.open(address, method=one.method, query_string=query, headers=sent)
    body = _filled(BODIES.get(one.path), refs)
    return client.open(address, method=one.method, headers=sent, **({} if body is None else {"json": body}))


def _filled(body: Any, refs: Mapping[str, str]) -> Any:
    match body:
        case dict():
            return {key: _filled(value, refs) for key, value in body.items()}
        case list():
            return [_filled(value, refs) for value in body]
        case str() if re.fullmatch(r"\{\w+\}", body):
            return refs[body[1:-1]]
    return body


def _open(part: str) -> str:
    return "{" + part.strip("<>").rpartition(":")[2] + "}" if part.startswith("<") else part
