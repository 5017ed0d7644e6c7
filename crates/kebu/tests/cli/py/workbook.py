"""Describes a workbook as openpyxl sees it.

workbook.py shape FILE            sheets, tables, charts, validations, conditional formats
workbook.py rows FILE             cells of every sheet as text
workbook.py same FILE.xlsx FILE.csv   how many cells differ between a workbook's first sheet and a CSV file
workbook.py formulas FILE         how many formulas each column of the first sheet holds
workbook.py recalculated FILE.xlsx OTHER.xlsx   values of formula cells against the same cells of another file
"""
import csv
import datetime
import json
import sys

import openpyxl

command, path, *rest = sys.argv[1:]


def text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return str(value)


def alike(cell, written):
    """The same, where a number or a date may be written in another form."""
    if text(cell) == written:
        return True
    if isinstance(cell, datetime.datetime):
        return cell == datetime.datetime.fromisoformat(written) if written else False
    try:
        return abs(float(cell) - float(written)) <= 1e-9 * max(1.0, abs(float(written)))
    except (TypeError, ValueError):
        return False


def shape():
    out = {}
    for ws in openpyxl.load_workbook(path):
        out[ws.title] = {
            "dimensions": ws.dimensions,
            "frozen": ws.freeze_panes,
            "tables": {t.name: [t.ref, [c.name for c in t.tableColumns], t.autoFilter is not None] for t in ws.tables.values()},
            "charts": [type(c).__name__ for c in ws._charts],
            "validations": [[str(v.sqref), v.type] for v in ws.data_validations.dataValidation],
            "conditional": [str(r.sqref) for r in ws.conditional_formatting],
            "formulas": sorted({c.column_letter for row in ws.iter_rows(min_row=2, max_row=2) for c in row if c.data_type == "f"}),
            "phone": next((c.number_format for row in ws.iter_rows(min_row=2, max_row=2) for c in row
                           if isinstance(c.value, str) and len(c.value) == 11 and c.value.isdigit()), None),
            "widths": len(ws.column_dimensions),
        }
    return out


def rows():
    wb = openpyxl.load_workbook(path, data_only=True)
    return {ws.title: [[text(v) for v in r] for r in ws.iter_rows(values_only=True)] for ws in wb}


def same():
    ws = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    with open(rest[0], encoding="utf-8-sig", newline="") as f:
        lines = list(csv.reader(f))
    sheet = list(ws.iter_rows(values_only=True))
    cells, different = 0, []
    for n, (row, line) in enumerate(zip(sheet, lines), 1):
        for column, cell, written in zip(lines[0], row, line):
            cells += 1
            if not alike(cell, written):
                different.append([n, column, text(cell), written])
        if len(row) != len(line):
            different.append([n, "width", len(row), len(line)])
    return {"rows": [len(sheet), len(lines)], "cells": cells, "different": len(different), "examples": different[:5]}


def recalculated():
    stored = openpyxl.load_workbook(path, data_only=True)
    formulas = openpyxl.load_workbook(path)
    other = openpyxl.load_workbook(rest[0], data_only=True)
    cells, different = 0, []
    for ws in formulas:
        for row in ws.iter_rows():
            for c in row:
                if c.data_type != "f":
                    continue
                cells += 1
                a, b = stored[ws.title][c.coordinate].value, other[ws.title][c.coordinate].value
                moment = all(isinstance(v, datetime.datetime) for v in (a, b))
                near = moment and abs((a - b).total_seconds()) < 1
                if c.number_format.endswith("0.00") and isinstance(a, (int, float)) and isinstance(b, (int, float)):
                    near = abs(a - b) <= 0.005 + 1e-9  # money is stored in whole 分, and shown so
                if not (near or (a or "") == (b or "") or alike(a, text(b))):
                    different.append([ws.title, c.coordinate, text(a), text(b)])
    return {"cells": cells, "different": len(different), "examples": different[:8]}


def formulas():
    ws = openpyxl.load_workbook(path).worksheets[0]
    return {column[0].value: sum(c.data_type == "f" for c in column[1:]) for column in ws.iter_cols()}


print(json.dumps({"formulas": formulas, "shape": shape, "rows": rows, "same": same, "recalculated": recalculated}[command](), ensure_ascii=False))
