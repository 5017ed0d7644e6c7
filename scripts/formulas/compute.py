#!/usr/bin/env python3
"""Computes the cases of cases.py in LibreOffice (headless) and writes fixtures/formulas.

    scripts/formulas/compute.py        needs soffice and python3 with openpyxl
"""

import datetime
import pathlib
import re
import subprocess
import sys
import tempfile

import openpyxl

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from cases import ITEMS, cases  # noqa: E402

OUT = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "formulas"
FIELDS = [k + n for k in "nimtdsb" for n in "12"]
COLUMNS = {f: openpyxl.utils.get_column_letter(i + 2) for i, f in enumerate(FIELDS)}
ITEM_COLUMNS = dict(zip(["名称", "价格", "数量", "比率", "日期", "完成"], "ABCDEF"))
NEW = ["IFS", "SWITCH", "XOR", "CONCAT", "TEXTJOIN", "MAXIFS", "MINIFS", "IFNA", "DAYS", "RANK.EQ", "PERCENTRANK.INC"]
EPOCH = datetime.datetime(1899, 12, 30)


def cell(field, value):
    if field[0] in "ds":
        return datetime.datetime.fromisoformat(value)
    if field[0] == "b":
        return bool(value)
    return value.replace("\\n", "\n") if isinstance(value, str) else value


def excel(formula, row):
    last = len(ITEMS) + 1
    text = re.sub(r"\[@([A-Z]\d)\]", lambda m: f"${COLUMNS[m[1].lower()]}{row}", formula)
    text = re.sub(r"项目\[\[(.+?)\]:\[(.+?)\]\]", lambda m: f"Items!${ITEM_COLUMNS[m[1]]}$2:${ITEM_COLUMNS[m[2]]}${last}", text)
    text = re.sub(r"项目\[(.+?)\]", lambda m: f"Items!${ITEM_COLUMNS[m[1]]}$2:${ITEM_COLUMNS[m[1]]}${last}", text)
    for name in NEW:
        text = re.sub(rf"(?<![A-Z.]){re.escape(name)}\(", f"_xlfn.{name}(", text)
    return "=" + text


def workbook(path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Cells"
    items = book.create_sheet("Items")
    items.append(list(ITEM_COLUMNS))
    for name, price, qty, rate, day, done in ITEMS:
        day = datetime.datetime.fromisoformat(day) if day else None
        items.append([name or None, price if price != "" else None, qty, rate if rate != "" else None, day, bool(done) if done != "" else None])
    for n, (formula, inputs) in enumerate(cases, start=2):
        for field, value in inputs.items():
            if value is None:
                continue
            c = sheet[f"{COLUMNS[field]}{n}"]
            c.value = cell(field, value)
            if field[0] == "t":
                c.data_type = "s"
                c.number_format = "@"
        sheet[f"A{n}"] = excel(formula, n)
    book.save(path)


def said(value):
    if value is None:
        return "t:"
    if isinstance(value, bool):
        return f"b:{int(value)}"
    if isinstance(value, datetime.datetime):
        return f"n:{(value - EPOCH) / datetime.timedelta(days=1)!r}"
    if isinstance(value, datetime.time):
        return f"n:{(value.hour * 3600 + value.minute * 60 + value.second) / 86400!r}"
    if isinstance(value, datetime.timedelta):
        return f"n:{value / datetime.timedelta(days=1)!r}"
    if isinstance(value, (int, float)):
        return f"n:{float(value)!r}"
    if value.startswith("#"):
        return "e:" + {"#NAME?": "#NAME?"}.get(value, value)
    return "t:" + value.replace("\n", "\\n")


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        workbook(folder / "cases.xlsx")
        (folder / "out").mkdir()
        profile = f"-env:UserInstallation=file://{folder}/profile"
        subprocess.run(["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder / "out"), str(folder / "cases.xlsx")], check=True, stdout=subprocess.DEVNULL)
        version = subprocess.run(["soffice", "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
        sheet = openpyxl.load_workbook(folder / "out" / "cases.xlsx", data_only=True)["Cells"]
        lines = [f"# formula, inputs, what LibreOffice {version} computed; made by scripts/formulas/compute.py"]
        seen = set()
        for n, (formula, inputs) in enumerate(cases, start=2):
            given = "|".join(f"{k}={v}" for k, v in inputs.items() if v is not None and v != "")
            key = f"{formula}\t{given}"
            if key not in seen:
                seen.add(key)
                lines.append(f"{key}\t{said(sheet[f'A{n}'].value)}")
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "cases.tsv").write_text("\n".join(lines) + "\n")
    rows = ["\t".join(["name", "price", "qty", "rate", "day", "done"])]
    rows += ["\t".join(str(v) for v in item) for item in ITEMS]
    (OUT / "items.tsv").write_text("\n".join(rows) + "\n")
    print(f"{len(lines) - 1} cases computed by LibreOffice {version}")


if __name__ == "__main__":
    main()
