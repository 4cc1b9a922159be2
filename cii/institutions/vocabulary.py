"""Words of the institutions."""

from enum import StrEnum


class Sector(StrEnum):
    """The insurance or aid that an institution stands for; AS is social aid (aide sociale)."""

    AC = "AC"
    AI = "AI"
    AS = "AS"
    SFPO = "SFPO"
    SMIG = "SMIG"


class InstitutionKind(StrEnum):
    """What an institution is to the network."""

    SERVICE = "service"
    PROVIDER = "provider"
    NETWORK = "network"
    MEDICAL = "medical"
    BODY = "body"


class UnitKind(StrEnum):
    """What a unit does; the unit is what sees and owns a case."""

    ORP = "orp"
    LMMT = "lmmt"
    FUND = "fund"
    GSR = "gsr"
    ODAS = "odas"
    AI_OFFICE = "ai_office"
    OFIJ = "ofij"
    OCOSP = "ocosp"
    OSAS = "osas"
    MEDICAL = "medical"
    PROVIDER = "provider"
    COORDINATION = "coordination"
    STEERING = "steering"
    DPO = "dpo"
    NETWORK = "network"
