"""Words of reports."""

from enum import StrEnum


class ReportKind(StrEnum):
    """Which pack."""

    QUARTERLY = "quarterly"
    MONTHLY = "monthly"
    ANNUAL = "annual"
    CEILING = "ceiling"
    UNIT_PRICES = "unit_prices"
    AI_STATISTICS = "ai_statistics"
    FR_EXITS = "fr_exits"
    RECONCILIATION = "reconciliation"
    LEGISLATURE = "legislature"


class FileFormat(StrEnum):
    """The forms in which an issue leaves the house."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"
