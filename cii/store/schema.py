"""The schema's revision: brought up to date by Alembic, compared before the house opens."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from cii.store.engine import WRITING
from cii.store.settings import HOUSE

MIGRATIONS = HOUSE / "migrations"


class WrongSchema(Exception):  # noqa: N818 - said to the operator
    """The database's revision is not the one of this release."""


def alembic_config() -> Config:
    """Alembic's settings without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to `revision`, in one transaction per migration."""
    config = alembic_config()
    with engine.connect().execution_options(**{WRITING: True}) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()


def current(engine: Engine) -> str | None:
    """The revision of the database, or None when it has no schema yet."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def expected() -> str:
    """The revision of this release: migrations/HEAD, one line."""
    return (MIGRATIONS / "HEAD").read_text(encoding="utf-8").strip()


def require_current(engine: Engine) -> None:
    """Raise WrongSchema, saying what to do, unless the database has the revision of this release."""
    found, wanted = current(engine), expected()
    if found != wanted:
        raise WrongSchema(
            f"the database has revision {found or 'none'}, this release needs {wanted}: run `cii db upgrade`"
        )
