"""``drill join`` and ``drill db``: the way into a team or a session, and the database that both stand on."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from drill.cli.guard import FINE, Stop
from drill.cli.out import print_json

#: What goes on after joining, by the kind of code: module and function, given (options, credential).
_NEXT = {"team": ("shared", "joined_team"), "session": ("hosting", "joined_session")}


@contextmanager
def server_words() -> Iterator[None]:
    """Turn what can be wrong with a server, a code or a credential into a line and exit code 2."""
    from drill.store.credentials import NoCredential

    try:
        yield
    except NoCredential as error:
        raise Stop(str(error)) from None
    except Exception as error:
        from drill.store.database import DatabaseProblem

        if isinstance(error, DatabaseProblem):
            raise Stop(str(error)) from None
        raise


def database(options: argparse.Namespace) -> int:
    """Make or migrate a database; print the URLs of the roles that were made."""
    with server_words():
        from drill.store.roles import init

        made = init(options.url, options.new_passwords)
    if options.json:
        print_json(made)
        return FINE
    word = "made" if not made.before else "up to date" if made.before == made.after else f"migrated from {made.before}"
    print(f"{made.place}: {word}, schema {made.after}")
    for role, url in made.urls.items():
        print(f"{role:<10} {url or 'exists, with the password that it has; --new-passwords gives it another'}")
    if any(made.urls.values()):
        print("Players need the first, and only you the second. Keep both now: passwords are shown this once.")
    return FINE


def join(options: argparse.Namespace) -> int:
    """Become a member of what a code is for, and keep the credential."""
    with server_words():
        from drill.model.text import one_line
        from drill.store.credentials import Credential, Credentials, server_url
        from drill.store.shared import Server

        kept = Credentials()
        url = server_url(options.server, kept)
        back = _back(kept, url, options)
        if back is not None:  # in this session already: the same name, the same seat
            return joined(options, back)
        server = Server(url)
        try:
            told = server.join(options.code, options.name or _own_name(), options.role)
        finally:
            server.close()
        names = {name: one_line(str(told.get(name, ""))) for name in Credential.__struct_fields__ if name != "server"}
        credential = Credential(server=url, **names)
        kept.keep(credential)
    return joined(options, credential)


def joined(options: argparse.Namespace, credential: Any) -> int:
    """Go on with what one has joined."""
    module, function = _NEXT[credential.kind]
    code: int = getattr(import_module(f"drill.cli.{module}"), function)(options, credential)
    return code


def _back(kept: Any, url: str, options: argparse.Namespace) -> Any:
    """Return the credential of the session that a code is for, when one is in it already under this name."""
    from drill.store.shared import Server

    for each in reversed(kept.all()):
        if each.kind == "session" and each.server == url and options.name in ("", each.name):
            server = Server(url, each.token)
            try:
                if server.call("drill_back", options.code):
                    return each
            finally:
                server.close()
    return None


def joined_team(options: argparse.Namespace, credential: Any) -> int:
    """Say which team that is, and how to begin."""
    print(f"You are {credential.name} of {credential.team}, in {credential.event}.")
    print(f"drill play --event {credential.event}")
    return FINE


def _own_name() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise Stop("what to call you? give --name NAME") from None
