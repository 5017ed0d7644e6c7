"""Grades customers from the raw CSV files alone, by the rules as they are written for people, and sets the
outcome beside what kebu grade put into its workbook.

regrade.py CUSTOMERS.csv ORDERS.csv WORKBOOK.xlsx AS_OF
"""
import csv
import datetime
import json
import sys
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

import openpyxl

customers_csv, orders_csv, workbook, as_of = sys.argv[1:]
as_of = datetime.date.fromisoformat(as_of)
first_day = as_of - datetime.timedelta(days=89)  # 90 days, the as-of day among them
# Orders that were cancelled, closed, refunded or never paid stay visible and count for nothing.
UNCOUNTED = {"交易关闭", "退款成功", "待付款"}


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def band(value, high, middle):
    return 5 if value >= high else 3 if value >= middle else 1


lines = defaultdict(list)
for order in read(orders_csv):
    if order["订单状态"] not in UNCOUNTED:
        lines[order["客户编号"]].append(order)

expected = {}
for customer in read(customers_csv):
    own = lines[customer["客户编号"]]
    numbers = {o["订单号"] for o in own}  # several lines of one order are one purchase
    recent = {o["订单号"] for o in own if first_day <= datetime.date.fromisoformat(o["下单时间"][:10]) <= as_of}
    total = sum((Decimal(o["金额"]) for o in own), Decimal(0))
    rate = Fraction(len(numbers) - 1, len(numbers)) if numbers else Fraction(0)
    willing = {"愿意": 5, "一般": 3, "不愿意": 1, "": 5}[customer["推荐意愿"]]  # unknown does not lower
    frequency = band(Fraction(len(recent), 3), 4, 2)
    amount = band(total, 10_000, 5_000)
    loyalty = min(band(rate, Fraction(4, 5), Fraction(1, 2)), willing)
    points = frequency + amount + loyalty
    grade = "VIP客户" if points >= 12 else "普通客户" if points >= 7 else "潜在客户"
    expected[customer["客户编号"]] = (len(numbers), float(total), frequency, amount, loyalty, points, grade)

sheet = openpyxl.load_workbook(workbook, data_only=True, read_only=True)["客户"]
rows = sheet.iter_rows(values_only=True)
header = list(next(rows))
wanted = [header.index(h) for h in ("客户编号", "订单数", "累计金额", "频率分", "金额分", "忠诚分", "总评分", "客户等级")]
different, seen, grades = [], set(), defaultdict(int)
for row in rows:
    code, *found = (row[i] for i in wanted)
    seen.add(code)
    grades[found[-1]] += 1
    if tuple(found) != expected.get(code):
        different.append([code, found, expected.get(code)])
print(json.dumps({
    "customers": len(expected),
    "missing": len(expected.keys() - seen),
    "different": len(different),
    "examples": different[:5],
    "grades": grades,
}, ensure_ascii=False))
