"""Prints the schema of the SQLite database in a data folder, in the order of its names."""

import pathlib
import sqlite3
import sys

for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.sqlite*")):
    if path.suffix not in (".sqlite", ".sqlite3", ".db"):
        continue
    connection = sqlite3.connect(path)
    print(f"-- {path.name}\n")
    query = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY tbl_name, type DESC, name"
    for (sql,) in connection.execute(query):
        lines = [line.rstrip() for line in sql.strip().splitlines()]
        print("\n".join(lines) + ";\n")
