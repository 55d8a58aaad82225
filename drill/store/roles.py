"""``drill db init`` on PostgreSQL: the roles `player` and `organizer`, the schema, and who may do what."""

import secrets
from contextlib import suppress

import msgspec
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from drill.store.database import DatabaseProblem, alone, engine, migrate, place, version, writing
from drill.store.versions import HEAD

ROLES = ("player", "organizer")
#: Anybody could use these against others who share the role, or to fill the disk. A superuser can take them away.
_TAKEN = ("pg_terminate_backend(integer, bigint)", "pg_cancel_backend(integer)", "lo_create(oid)", "lo_creat(integer)",
          "lo_from_bytea(oid, bytea)")  # fmt: skip
_ORGANIZERS = 10  # connections that players leave free


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What ``init`` did. ``urls``: by role; "" for a role that keeps its password. ``before``: "" for no schema."""

    place: str
    before: str
    after: str
    urls: dict[str, str]


def init(url: str, new_passwords: bool = False) -> Made:
    """Make or migrate a database; on PostgreSQL with its roles. Safe to run again and by two at once."""
    made = engine(url)
    try:
        with writing(made) as connection:
            alone(connection)
            before = version(connection)
            fresh = _roles(connection, new_passwords) if made.dialect.name == "postgresql" else {}
            migrate(connection)
            if made.dialect.name == "postgresql":
                _guard(connection)
        link = made.url.set(drivername="postgresql")
        urls = {
            role: link.set(username=role, password=word).render_as_string(False) if word else ""
            for role, word in fresh.items()
        }
        return Made(place=place(made) if urls else str(url), before=before, after=HEAD, urls=urls)
    finally:
        made.dispose()


def _roles(connection: Connection, new_passwords: bool) -> dict[str, str]:
    """Make the roles that are missing; return the passwords that were made. Roles belong to the whole server."""
    fresh = {}
    for role in ROLES:
        found = connection.execute(
            text("SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls FROM pg_roles WHERE rolname = :role"),
            {"role": role},
        ).scalar()
        if found:
            raise DatabaseProblem(f"the role {role} exists and has rights of its own; take them away, or rename it")
        word = secrets.token_hex(16) if found is None or new_passwords else ""
        fresh[role] = word
        if found is None and not _create(connection, role, word):
            fresh[role] = ""  # another database's init was quicker
        elif word and found is not None:
            connection.exec_driver_sql(f"ALTER ROLE {role} PASSWORD '{_hashed(connection, role, word)}'")
    return fresh


def _create(connection: Connection, role: str, word: str) -> bool:
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN PASSWORD '{_hashed(connection, role, word)}'")
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") in ("42710", "23505"):
            return False
        raise
    return True


def _hashed(connection: Connection, role: str, word: str) -> str:
    """Return what the server keeps of a password, so that the word itself is in no log of statements."""
    driver = connection.connection.dbapi_connection
    hashed: bytes = driver.pgconn.encrypt_password(word.encode(), role.encode(), b"scram-sha-256")  # type: ignore[union-attr]
    return hashed.decode()


def _guard(connection: Connection) -> None:
    """Set what belongs to the database itself and is not in its tables."""
    name = connection.execute(text("SELECT quote_ident(current_database())")).scalar()
    connection.exec_driver_sql(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
    connection.exec_driver_sql(f"GRANT CONNECT ON DATABASE {name} TO {', '.join(ROLES)}")
    connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {', '.join(ROLES)}")
    left = "current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
    most = max(1, int(connection.exec_driver_sql(f"SELECT {left}").scalar() or 0) - _ORGANIZERS)
    taken = [f"REVOKE EXECUTE ON FUNCTION pg_catalog.{function} FROM PUBLIC" for function in _TAKEN]
    # A role may set its own defaults, for all who share it: what somebody set is taken back.
    role = [f"ALTER ROLE player CONNECTION LIMIT {most}", "ALTER ROLE player RESET ALL"]
    role += [f"ALTER ROLE player IN DATABASE {name} RESET ALL"]
    for statement in [*role, *taken]:  # as far as whoever runs this may
        with suppress(DBAPIError), connection.begin_nested():
            connection.exec_driver_sql(statement)
