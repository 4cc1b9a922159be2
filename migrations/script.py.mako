"""${message}

Revision ${up_revision}, after ${down_revision | comma,n}. Frozen: imports nothing of cii.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def _on(dialect: str, statement: str) -> None:
    if op.get_bind().dialect.name == dialect:
        op.get_bind().exec_driver_sql(statement)


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
