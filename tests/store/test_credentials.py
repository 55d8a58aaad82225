"""Credentials: kept where only their owner can read them, and refused when others can."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from drill.store.credentials import Credential, Credentials, NoCredential, server_url

ADA = Credential(
    server="postgresql://h/d", kind="team", ref="t", member="m1", token="secret", event="cup", event_id="e1"
)
posix = pytest.mark.skipif(sys.platform == "win32", reason="permissions as POSIX has them")


def test_what_is_kept_is_there_and_the_newest_counts(tmp_path) -> None:
    kept = Credentials(tmp_path / "home")
    later = Credential(server="postgresql://h/2", kind="team", ref="u", member="m2", token="x", event="cup")
    talk = Credential(server="postgresql://h/3", kind="session", ref="s", member="m3", token="y")
    for each in (ADA, later, talk):
        kept.keep(each)
    again = Credentials(tmp_path / "home")
    assert again.all() == [ADA, later, talk]
    assert again.event() == again.event("cup") == later and again.event("e1") == ADA == again.member("m1")
    assert again.session() == again.session("s") == talk
    for wanted in (lambda: again.event("other"), lambda: again.session("t"), lambda: again.member("m4")):
        with pytest.raises(NoCredential):
            wanted()


@posix
def test_only_the_owner_can_read_it_from_the_first_moment(tmp_path, monkeypatch) -> None:
    seen = []
    real = os.fdopen
    monkeypatch.setattr(os, "fdopen", lambda fd, *a: seen.append(os.fstat(fd).st_mode & 0o777) or real(fd, *a))
    old = os.umask(0)
    try:
        Credentials(tmp_path).keep(ADA)
    finally:
        os.umask(old)
    path = tmp_path / "credentials.json"
    assert seen == [0o600] and path.stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in tmp_path.iterdir()) == ["credentials.json", "credentials.lock"]
    for mode in (0o640, 0o604, 0o660):
        path.chmod(mode)
        with pytest.raises(NoCredential, match="chmod 600"):
            Credentials(tmp_path).all()


@pytest.mark.parametrize("content", [b"", b"{}", b'[{"server": 1}]', b"\xff\x00"])
def test_a_file_that_is_none_is_one_line_and_stays(tmp_path, content) -> None:
    path = tmp_path / "credentials.json"
    path.write_bytes(content)
    path.chmod(0o600)
    for wanted in (Credentials(tmp_path).all, lambda: Credentials(tmp_path).keep(ADA)):
        with pytest.raises(NoCredential) as told:
            wanted()
        assert "\n" not in str(told.value) and path.read_bytes() == content


def test_the_server_is_the_one_given_or_set_or_last_joined(tmp_path, monkeypatch) -> None:
    kept = Credentials(tmp_path)
    monkeypatch.delenv("DRILL_SERVER", raising=False)
    with pytest.raises(NoCredential, match="--server"):
        server_url("", kept)
    kept.keep(ADA)
    assert server_url("", kept) == ADA.server
    monkeypatch.setenv("DRILL_SERVER", "postgresql://env/d")
    assert server_url("", kept) == "postgresql://env/d" and server_url("given", kept) == "given"


def test_two_who_join_at_once_are_both_kept(tmp_path) -> None:
    code = (
        "import sys; from pathlib import Path; from drill.store.credentials import Credential, Credentials\n"
        "for n in range(20): Credentials(Path(sys.argv[1])).keep(Credential(server='s', kind='team', ref='r',"
        " member=f'{sys.argv[2]}-{n}', token='t'))"
    )
    who = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name]) for name in ("ada", "bob")]
    assert [each.wait() for each in who] == [0, 0]
    assert len(Credentials(tmp_path).all()) == 40
