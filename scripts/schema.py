"""Prints the schema of the SQLite database in a data folder, in the order of its names."""

import pathlib
import sqlite3
import sys

for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.sqlite*")):
    if path.suffix not in (".sqlite", ".sqlite3", ".db"):
        continue
    connection = sqlite3.connect(path)
    print(f"-- {path.name}\n")
    virtual = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'")]
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY tbl_name, type DESC, name"
    for name, sql in connection.execute(query):
        # What a full-text index keeps for itself.
        if any(name.startswith(index + "_") for index in virtual):
            continue
        lines = [line.rstrip() for line in sql.strip().splitlines()]
        print("\n".join(lines) + ";\n")
