"""Technical settings: TOML file, environment `CII_*` over it. Trade numbers live in workflows/parameters."""

import tomllib
from email.utils import parseaddr
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

HOUSE = Path(__file__).resolve().parents[2]
"""The folder that holds config/, workflows/ and migrations/."""

DEVELOPMENT_SECRET = "for development only, never in production"  # noqa: S105 - refused in production
MAIL_WAYS = ("smtp", "starttls", "smtps")
"""Ways to a mail server: in clear, in clear turned to TLS before anything is said, TLS from the start."""


class UnsafeSettings(Exception):  # noqa: N818 - said to the operator, not to a user
    """Production was asked for with settings that are fit for development only."""


class Settings(BaseSettings):
    """Where things are and how the process behaves; trade rules are not settings.

    Environment: `CII_DATABASE_URL`, `CII_DATA_DIR`, `CII_SECRET_KEY`, `CII_MODE`, … override the TOML file,
    which is `config/default.toml` or the one named by `CII_CONFIG`.
    """

    model_config = SettingsConfigDict(env_prefix="CII_", extra="forbid", frozen=True)

    mode: Literal["demo", "test", "production"] = "demo"
    database_url: str = ""
    """An SQLAlchemy URL; empty means SQLite in the data folder."""
    data_dir: Path = HOUSE / "var"
    canton: Path = HOUSE / "config" / "canton" / "ne.toml"
    workflows_dir: Path = HOUSE / "workflows"
    secret_key: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    """Signs sessions and links."""
    person_key: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    """Encrypts AVS numbers and keys their look-up hash."""
    journal_key: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    """Authenticates the chain of the journal."""
    seal_dir: Path | None = None
    """Second place for the journal's seals; empty means `seals` in the data folder."""
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    secure_cookies: bool = False
    demo_start: str = "2026-10-15T08:00:00+02:00"
    session_minutes: int = Field(default=480, ge=5)
    upload_bytes: int = 20 * 1024 * 1024
    smtp_url: str = ""
    """`smtp://host:port` in clear, `starttls://user:password@host:587` or `smtps://user:password@host:465`.

    Empty means mails are written as files into the data folder. A server whose certificate is signed by an
    authority of one's own is trusted through SSL_CERT_FILE.
    """
    mail_from: str = "CII <cii@localhost.localdomain>"
    """Who sends the mails: an address, with or without a name."""
    mail_reply_to: str = ""
    """Where answers go; empty means to the sender."""

    @field_validator("smtp_url")
    @classmethod
    def _known_way(cls, url: str) -> str:
        way = urlsplit(url)
        if url and (way.scheme not in MAIL_WAYS or not way.hostname):
            raise ValueError(f"smtp_url is one of {', '.join(f'{one}://host' for one in MAIL_WAYS)}")
        if way.scheme == "smtp" and way.password and way.hostname not in {"localhost", "127.0.0.1", "::1"}:
            raise ValueError("smtp_url sends a password in clear; use starttls:// or smtps://")
        return url

    @field_validator("mail_from", "mail_reply_to")
    @classmethod
    def _one_address(cls, text: str) -> str:
        address = parseaddr(text)[1]
        if text and (not text.isprintable() or "@" not in address.strip("@")):
            raise ValueError("mail_from and mail_reply_to are addresses")
        return text

    @classmethod
    def settings_customise_sources(  # noqa: D102
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        import os  # noqa: PLC0415 - only here, only for the name of the file

        chosen = Path(os.environ.get("CII_CONFIG") or HOUSE / "config" / "default.toml")
        return init_settings, _WithoutConfig(env_settings), TomlConfigSettingsSource(settings_cls, chosen)

    @cached_property
    def url(self) -> str:
        """The database's URL, SQLite in the data folder when none is set."""
        return self.database_url or f"sqlite:///{self.data_dir / 'cii.sqlite'}"

    def require_safe(self) -> None:
        """Refuse production with development secrets or cookies that travel in clear."""
        if self.mode != "production":
            return
        faults = [
            f"CII_{name.upper()} still has its development value"
            for name in ("secret_key", "person_key", "journal_key")
            if getattr(self, name).get_secret_value() == DEVELOPMENT_SECRET
        ]
        if not self.secure_cookies:
            faults.append("CII_SECURE_COOKIES must be true")
        if self.smtp_url and not self.public_url:
            faults.append("CII_PUBLIC_URL must be set: mails lead there")
        if self.smtp_url and "@localhost" in self.mail_from:
            faults.append("CII_MAIL_FROM must be an address of the canton")
        if faults:
            raise UnsafeSettings("; ".join(faults))


class _WithoutConfig(PydanticBaseSettingsSource):
    """The environment, without CII_CONFIG and the tests' own names, which are not settings."""

    def __init__(self, environment: PydanticBaseSettingsSource) -> None:
        super().__init__(environment.settings_cls)
        self._environment = environment

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ANN401
        return self._environment.get_field_value(field, field_name)

    def __call__(self) -> dict[str, Any]:
        return self._environment()


@lru_cache(maxsize=1)
def default_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()


def canton_directory(path: Path) -> dict[str, Any]:
    """The canton's directory file: institutions, units, holidays added and removed, regions."""
    return tomllib.loads(path.read_text(encoding="utf-8"))
