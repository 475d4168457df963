"""Settling many intervals of use: what the server needs, beside plain inserts of the same rows."""

import io
import json
import os
import sqlite3
import subprocess
import time

ACCOUNTS = 2000
HOUR = 3_600_000
ENTRIES = "ledger_entries (id, kind, account, key, note, at)"
POSTINGS = "ledger_postings (entry, place, voucher, account, amount)"
INTERVALS = "usage_intervals (id, run, account, flavor, region, tariff, started_at, ended_at, known_until, settled_until)"
TABLES = ["ledger_entries", "ledger_postings", "usage_lines"]
LEFT = "SELECT COUNT(*) FROM usage_intervals WHERE settled_until < known_until"
# From the first entry of the books to the last; the piece that the first one belongs to is counted in.
SPAN = "SELECT COALESCE(MAX(at) - MIN(at), 0) FROM ledger_entries WHERE kind = 'charge'"


def accounts(now):
    for number in range(ACCOUNTS):
        yield (f"settle-{number:06d}", 10_000_000 + number, "user", f"settle{number}", f"settle{number}", "", "", "", "user", 0, 0, now, now)


def intervals(count, now):
    """Of at most half an hour each, over a day that ended some hours ago."""
    start = now // HOUR * HOUR - 30 * HOUR
    for number in range(count):
        each = number // ACCOUNTS
        begin = start + each % 24 * HOUR + each % 1800 * 1000
        end = begin + (60 + each % 1700) * 1000
        name = f"u-{number:08d}"
        yield name, name, f"settle-{number % ACCOUNTS:06d}", "cpu-2", "local", "paid", begin, end, end, begin


def entries(now):
    """Everybody has paid something before."""
    for number in range(ACCOUNTS):
        yield f"paid-{number:06d}", "top-up", f"settle-{number:06d}", f"top-up settle-{number}", "", now


def postings():
    for number in range(ACCOUNTS):
        for place, sign in (("cash", -1), ("wallet", 1)):
            yield f"paid-{number:06d}", place, "", f"settle-{number:06d}", sign * 10**12


def price(now):
    return "cpu-2", "local", now // HOUR * HOUR - 1000 * HOUR, 3_141_593, now


class SQLite:
    name = "SQLite"

    def __init__(self, path):
        self.path = path

    def connect(self):
        database = sqlite3.connect(self.path, timeout=60)
        database.execute("PRAGMA foreign_keys = ON")
        return database

    def fill(self, count):
        now = int(time.time() * 1000)
        database = self.connect()
        with database:
            database.executemany(
                """INSERT INTO accounts (id, number, kind, name, name_key, nickname, email, bio, role, is_disabled, is_private_by_default,
                created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""", accounts(now))
            database.execute("INSERT INTO flavor_prices (flavor, region, starts_at, per_hour, set_at) VALUES (?, ?, ?, ?, ?)", price(now))
            database.executemany(f"INSERT INTO {ENTRIES} VALUES (?, ?, ?, ?, ?, ?)", entries(now))
            database.executemany(f"INSERT INTO {POSTINGS} VALUES (?, ?, ?, ?, ?)", postings())
            database.executemany(f"INSERT INTO {INTERVALS} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", intervals(count, now))
        database.close()

    def value(self, query):
        database = self.connect()
        try:
            return database.execute(query).fetchone()[0]
        finally:
            database.close()

    def copy(self):
        """Seconds in which the rows that were written are inserted again, in tables that are the same: one prepared statement, and a
        transaction for each 500 rows, as the server has one for each account."""
        source, target = self.connect(), sqlite3.connect(str(self.path) + ".plain", isolation_level=None)
        target.execute("PRAGMA journal_mode = WAL")
        target.execute("PRAGMA synchronous = NORMAL")
        for kind in ("table", "index"):
            for (sql,) in source.execute(f"SELECT sql FROM sqlite_master WHERE type = '{kind}' AND tbl_name IN {tuple(TABLES)} AND sql IS NOT NULL"):
                target.execute(sql)
        seconds = 0.0
        for table in TABLES:
            rows = source.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()
            marks = ", ".join("?" * len(rows[0]))
            begun = time.monotonic()
            for start in range(0, len(rows), 500):
                target.execute("BEGIN")
                target.executemany(f"INSERT INTO {table} VALUES ({marks})", rows[start:start + 500])
                target.execute("COMMIT")
            seconds += time.monotonic() - begun
        source.close()
        target.close()
        return seconds


class PostgreSQL:
    name = "PostgreSQL"

    def __init__(self, url):
        self.url = url

    def psql(self, command, text=None):
        return subprocess.run(["psql", "-qtAX", "-v", "ON_ERROR_STOP=1", self.url, "-c", command], input=text, check=True,
                              capture_output=True, text=True).stdout.strip()

    def load(self, table, rows):
        lines = io.StringIO()
        lines.writelines("\t".join(map(str, row)) + "\n" for row in rows)
        self.psql(f"COPY {table} FROM STDIN", lines.getvalue())

    def fill(self, count):
        now = int(time.time() * 1000)
        columns = "id, number, kind, name, name_key, nickname, email, bio, role, is_disabled, is_private_by_default, created_at, updated_at"
        self.load(f"accounts ({columns})", accounts(now))
        self.load("flavor_prices (flavor, region, starts_at, per_hour, set_at)", [price(now)])
        self.load(ENTRIES, entries(now))
        self.load(POSTINGS, postings())
        self.load(INTERVALS, intervals(count, now))
        # What is nearly empty is not analyzed in life either, and plans made for few rows stay in use for a minute.
        self.psql("ANALYZE accounts, usage_intervals, flavor_prices")

    def value(self, query):
        return int(self.psql(query))

    def copy(self):
        """Inside the server, from table to table: nothing can be faster."""
        seconds = 0.0
        for table in TABLES:
            self.psql(f"CREATE TABLE plain_{table} (LIKE {table} INCLUDING ALL)")
            begun = time.monotonic()
            self.psql(f"INSERT INTO plain_{table} SELECT * FROM {table}")
            seconds += time.monotonic() - begun
        return seconds


def measure(gallery, database, count, report):
    """Fills the books of a stopped gallery, starts it, and waits until nothing is due."""
    database.fill(count)
    gallery.start()
    waited = time.monotonic()
    while database.value(LEFT) > 0:
        if time.monotonic() - waited > 3600:
            raise SystemExit("settling took more than an hour")
        time.sleep(2)
    seconds = database.value(SPAN) / 1000
    gallery.stop()
    lines = database.value("SELECT COUNT(*) FROM usage_lines")
    plain = database.copy()
    speed = count / seconds
    report.add(f"settling {count} intervals, {database.name}, s", f"{seconds:.1f} ({speed:.0f} a second, {lines} lines)", "< 300", seconds < 300)
    report.add(f"plain inserts of the same rows, {database.name}, s", f"{plain:.1f} ({plain / seconds:.2f} of the time of settling)")
