"""Looks into a book's file, or spoils it: book.py counts FILE | tamper FILE FIELD VALUE | grades FILE |
run FILE SQL…: statements, as an earlier program may have left the file."""
import json
import sqlite3
import sys

command, path, *rest = sys.argv[1:]
db = sqlite3.connect(path)
if command == "counts":
    out = {t: db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("customers", "orders", "products")}
elif command == "tamper":
    field, value = rest
    done = db.execute(f'UPDATE customers SET "{field}" = ? WHERE id = (SELECT max(id) FROM customers)', (json.loads(value),))
    db.commit()
    out = {"rows": done.rowcount}
elif command == "grades":
    rows = db.execute("SELECT code, grade, points, order_count, total FROM customers ORDER BY code").fetchall()
    out = {r[0]: list(r[1:]) for r in rows}
elif command == "run":
    for statement in rest:
        db.execute(statement)
    db.commit()
    out = {}
else:
    raise SystemExit(f"unknown command {command}")
print(json.dumps(out, ensure_ascii=False))
