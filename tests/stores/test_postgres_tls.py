"""Encrypted connections to a real PostgreSQL server with OpenSSL, and what is said without them."""

from __future__ import annotations

import os
import shutil
from contextlib import closing

import pytest
from sqlalchemy import text

from mindseye.errors import StoreUnavailable
from mindseye.stores import open_store
from mindseye.testing.index_contract import unit_rows
from mindseye.testing.samples import put_some, search_ids

pytest.importorskip("psycopg", reason="the extra `postgresql` is not installed")

from tests.servers.certificates import certify
from tests.servers.nobody import NOBODY, may_run
from tests.servers.postgres import postgres_server, unpacked

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="nothing makes a certificate here"
)


@pytest.fixture(scope="module")
def guarded():
    """A server that listens on the network to TLS only, with the oldest pgvector that will do."""
    binaries = unpacked()
    if binaries is None:
        pytest.skip("no PostgreSQL server with TLS: scripts/servers.py gets one")
    if os.geteuid() == 0 and not may_run(binaries / "postgres", NOBODY):
        pytest.skip("the PostgreSQL server lies in a folder that only root may enter")
    with postgres_server(binaries, tls=True) as server:
        yield server


@pytest.fixture
def library(guarded, tmp_path):
    """Opens a new library on the server by way of the network, with these options in its URL."""
    with guarded.database() as name:

        def opened(options):
            url = guarded.network_url(name, options)
            return closing(open_store(url, index_dir=tmp_path / "index"))

        yield opened


def trusting(certificate):
    return f"sslmode=verify-full&sslrootcert={certificate}"


def test_a_library_is_used_through_tls_and_the_certificate_is_checked(guarded, library):
    with library(trusting(guarded.folder / "certificate.pem")) as store:
        with store.session.read() as connection:
            asked = text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            assert connection.execute(asked).scalar() is True
        assert store.server.compares
        assert store.server.pgvector == "0.8.0"
        ids = put_some(store, 3)
        assert search_ids(store, unit_rows(1, seed=2)[0], 1) == ids[2:]
        assert list(store.check()) == []


def test_a_certificate_of_another_authority_is_refused(library, tmp_path):
    certify(tmp_path, {})
    with pytest.raises(StoreUnavailable, match="no certificate that is trusted") as refused:
        library(trusting(tmp_path / "certificate.pem"))
    assert "sslrootcert" in refused.value.hint


def test_a_certificate_for_another_name_is_refused(guarded, library):
    options = f"{trusting(guarded.folder / 'certificate.pem')}&hostaddr=127.0.0.1&host=other.test"
    with pytest.raises(StoreUnavailable, match="no certificate that is trusted"):
        library(options)


def test_a_certificate_that_is_not_there_is_told_of(library, tmp_path):
    with pytest.raises(StoreUnavailable, match=r"none\.pem") as refused:
        library(trusting(tmp_path / "none.pem"))
    assert "sslrootcert" in refused.value.hint


def test_a_connection_in_plain_text_is_refused_and_the_hint_says_what_to_add(library):
    with pytest.raises(StoreUnavailable, match="only connections with TLS") as refused:
        library("sslmode=disable")
    assert "sslmode=verify-full" in refused.value.hint


def test_a_server_without_tls_is_refused_where_the_url_wants_it(guarded, tmp_path):
    guarded.restart(ssl="off")
    try:
        with pytest.raises(StoreUnavailable, match="offers no TLS"):
            open_store(guarded.network_url("postgres", "sslmode=require"), index_dir=tmp_path)
    finally:
        guarded.restart(ssl="on")
