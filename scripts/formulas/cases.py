"""The cases of the formula table: (formula, inputs) pairs. `[@N1]` is a cell of the row, `项目[价格]` a column of items.

Inputs are typed by the first letter of the field: n numbers, i whole numbers, m money, t text, d days,
s moments, b yes/no. A field left out is a blank cell.
"""

ITEMS = [
    # name, price, qty, rate, day, done
    ("abc", 12.5, 3, 0.5, "2024-01-15", 1),
    ("ABD", 100, 5, 1.25, "2024-02-29", 0),
    ("礼盒装", 88.88, 2, 2.5, "2024-03-05", 1),
    ("大礼盒", 199, 1, 0.75, "2023-12-31", 1),
    ("a*b", 5, 10, 3, "2024-06-01", 0),
    ("abc", 20, 7, 4.5, "2025-01-01", 0),
    ("", 9.9, 4, "", "", ""),
    ("茶叶", "", 6, 1, "2024-03-05", 1),
]

cases = []


def add(formula, *rows):
    for row in rows or ({},):
        cases.append((formula, row))


def numbers(field, values):
    return [{field: v} for v in values]


def pairs(a, b, values):
    return [{k: v for k, v in ((a, x), (b, y)) if v is not None} for x, y in values]


REALS = [0, 1, -1, 2.5, -2.5, 0.1, 1234.567, -0.285, 99.995, 1e9, None]

# Operators.
for op in "+ - * / ^".split():
    add(f"[@N1]{op}[@N2]", *pairs("n1", "n2", [(1, 2), (2.5, -4), (0, 3), (7, 0), (-8, 2), (0.1, 0.2), (None, 3), (4, None), (-2, 0.5), (1e6, 3)]))
for op in ["=", "<>", "<", "<=", ">", ">="]:
    add(f"[@N1]{op}[@N2]", *pairs("n1", "n2", [(1, 2), (2, 2), (3, 2), (None, 0), (0.1, 0.1)]))
    add(f"[@T1]{op}[@T2]", *pairs("t1", "t2", [("abc", "ABC"), ("a", "b"), ("b", "a"), (None, ""), ("x", None)]))
    add(f"[@D1]{op}[@D2]", *pairs("d1", "d2", [("2024-01-01", "2024-01-02"), ("2024-01-02", "2024-01-02"), ("2024-01-03", "2024-01-02")]))
add("-[@N1]", *numbers("n1", [5, -5, 0, None]))
add("[@N1]%", *numbers("n1", [5, -12.5, None]))
add("-[@N1]^2", *numbers("n1", [3, -3]))
add("2^-[@N1]", *numbers("n1", [3, 0]))
add("[@N1]+[@N2]*2", *pairs("n1", "n2", [(1, 2), (None, 4)]))
add("([@N1]+[@N2])*2", *pairs("n1", "n2", [(1, 2), (None, 4)]))
add("[@N1]&[@T1]", *[{"n1": 1.5, "t1": "x"}, {"n1": 3, "t1": "y"}, {"t1": "z"}, {"n1": 0.1}, {"n1": -1234.25, "t1": ""}, {"n1": 100000, "t1": "元"}])
add("[@T1]&[@T2]&\"!\"", *pairs("t1", "t2", [("a", "b"), (None, "b"), ("张", "三")]))
add("[@T1]+1", *numbers("t1", ["12", "1.5", "-3"]))
add("[@T1]*2", *numbers("t1", ["12", "0.5"]))
add("[@B1]+1", *numbers("b1", [1, 0]))
add("[@M1]*[@I1]", *pairs("m1", "i1", [(12.5, 3), (0.01, 100), (None, 2)]))
add("[@M1]/[@I1]", *pairs("m1", "i1", [(12.5, 4), (100, 8), (5, 0)]))
add("[@M1]-[@M2]", *pairs("m1", "m2", [(12.5, 4.25), (100, 8.88), (5, None)]))
add("[@M1]/[@M2]", *pairs("m1", "m2", [(12.5, 5), (1, 0)]))
add("[@M1]>100", *numbers("m1", [100, 100.01, None]))
add("[@M1]&\"元\"", *numbers("m1", [100, 100.5, 0.01]))

# Logic.
add("IF([@N1]>0,\"正\",\"非正\")", *numbers("n1", [1, 0, -1, None]))
add("IF([@N1]>0,[@N1]*2,[@N1]-1)", *numbers("n1", [1, 0, -1, None]))
add("IF([@B1],1,2)", *numbers("b1", [1, 0, None]))
add("IF([@N1],\"是\",\"否\")", *numbers("n1", [1, 0, 0.5, None]))
add("IF([@N1]=0,\"零\",IF([@N1]<10,\"小\",\"大\"))", *numbers("n1", [0, 5, 50, None]))
add("IFS([@N1]<0,\"负\",[@N1]=0,\"零\",[@N1]>100,\"大\")", *numbers("n1", [-1, 0, 1000, 5]))
add("SWITCH([@I1],1,\"一\",2,\"二\",\"其他\")", *numbers("i1", [1, 2, 3]))
add("SWITCH([@I1],1,\"一\",2,\"二\")", *numbers("i1", [1, 3]))
add("SWITCH([@T1],\"甲\",1,\"乙\",2,0)", *numbers("t1", ["甲", "乙", "丙"]))
for f in ["AND", "OR", "XOR"]:
    add(f"{f}([@N1]>0,[@N2]>0)", *pairs("n1", "n2", [(1, 1), (1, -1), (-1, -1), (None, 1)]))
add("AND([@B1],[@B2],[@N1])", *[{"b1": 1, "b2": 1, "n1": 1}, {"b1": 1, "b2": 0, "n1": 1}, {"b1": 1, "b2": 1, "n1": 0}])
add("XOR(TRUE,[@B1],[@B2])", *pairs("b1", "b2", [(1, 1), (1, 0), (0, 0)]))
add("NOT([@N1]>1)", *numbers("n1", [1, 2, None]))
add("AND([@N1]>0,1/[@N1]>0.1)", *numbers("n1", [1, 20, 0]))
add("IFERROR([@N1]/[@N2],-1)", *pairs("n1", "n2", [(1, 2), (1, 0), (None, 0), (0, 5)]))
add("IFERROR(SQRT([@N1]),\"错\")", *numbers("n1", [4, -4, None]))
add("IFERROR([@N1],0)", *numbers("n1", [4]))
add("IFNA([@N1]/[@N2],-1)", *pairs("n1", "n2", [(1, 2), (1, 0)]))
add("IFNA(NA(),\"无\")")
add("IFNA(VLOOKUP([@T1],项目[[名称]:[价格]],2,FALSE),-1)", *numbers("t1", ["abc", "没有"]))
add("IFERROR(IFERROR(1/[@N1],SQRT([@N1]-1)),\"都错\")", *numbers("n1", [2, 0]))
add("IF(ISERROR(1/[@N1]),\"错\",1/[@N1])", *numbers("n1", [0, 4]))
for f in ["ISERROR", "ISERR", "ISNA"]:
    add(f"{f}(1/[@N1])", *numbers("n1", [0, 1]))
    add(f"{f}(NA())")
add("ISBLANK([@N1])", *numbers("n1", [0, None]))
add("ISBLANK([@T1])", *numbers("t1", ["x", None]))
add("ISNUMBER([@N1])", *numbers("n1", [0, 1.5, None]))
add("ISNUMBER([@T1])", *numbers("t1", ["12", None]))
add("ISNUMBER([@D1])", *numbers("d1", ["2024-01-01", None]))
add("ISNUMBER(1/[@N1])", *numbers("n1", [0, 2]))
add("ISTEXT([@T1])", *numbers("t1", ["x", None]))
add("ISTEXT([@N1])", *numbers("n1", [1, None]))
add("N([@N1])", *numbers("n1", [1.5, None]))
add("N([@T1])", *numbers("t1", ["12", None]))
add("N([@B1])", *numbers("b1", [1, 0]))
add("T([@T1])", *numbers("t1", ["x"]))
add("T([@N1])", *numbers("n1", [1]))
add("NA()")
add("TRUE()")
add("FALSE()+1")

# Maths.
add("SUM([@N1],[@N2],1)", *pairs("n1", "n2", [(1, 2), (None, 4), (0.1, 0.2)]))
add("AVERAGE([@N1],[@N2])", *pairs("n1", "n2", [(1, 2), (None, 4), (None, None)]))
for f in ["MIN", "MAX"]:
    add(f"{f}([@N1],[@N2])", *pairs("n1", "n2", [(1, 2), (None, 4), (-3, -5)]))
    add(f"{f}([@N1],[@N2],0)", *pairs("n1", "n2", [(1, 2), (None, -4)]))
add("COUNT([@N1],[@T1],[@D1])", *[{"n1": 1, "t1": "x", "d1": "2024-01-01"}, {"t1": "5"}, {}])
add("COUNTA([@N1],[@T1],[@D1])", *[{"n1": 1, "t1": "x", "d1": "2024-01-01"}, {"t1": "5"}, {}])
ROUNDED = [2.675, -2.675, 1234.5, -1234.5, 0.5, 1.5, -0.5, 2.345, 1e9, 0, 99.995, 0.285]
for f in ["ROUND", "ROUNDUP", "ROUNDDOWN"]:
    for digits in [0, 1, 2, -2]:
        add(f"{f}([@N1],{digits})", *numbers("n1", ROUNDED if f == "ROUND" else ROUNDED[:8]))
for f in ["INT", "TRUNC", "ABS", "SIGN"]:
    add(f"{f}([@N1])", *numbers("n1", [2.7, -2.7, 0, 5, -5, None]))
add("TRUNC([@N1],1)", *numbers("n1", [2.78, -2.78]))
add("MOD([@N1],[@N2])", *pairs("n1", "n2", [(7, 3), (-7, 3), (7, -3), (-7, -3), (5.5, 2), (1, 0), (0.3, 0.1), (10, 2.5)]))
add("MOD([@I1],[@I2])", *pairs("i1", "i2", [(7, 3), (-7, 3), (7, -3), (6, 3), (1, 0)]))
add("POWER([@N1],[@N2])", *pairs("n1", "n2", [(2, 10), (4, 0.5), (-8, 3), (-8, 0.5), (0, 5), (0, -1), (10, -2), (10, 400)]))
add("SQRT([@N1])", *numbers("n1", [4, 2, 0, -1, None]))
add("EXP([@N1])", *numbers("n1", [0, 1, -1, 10, 800]))
for f in ["LN", "LOG10", "LOG"]:
    add(f"{f}([@N1])", *numbers("n1", [1, 10, 2.5, 0, -1]))
add("LOG([@N1],[@N2])", *pairs("n1", "n2", [(8, 2), (100, 10), (8, 1), (0, 2), (5, 0)]))
add("PI()*[@N1]^2", *numbers("n1", [1, 2.5]))
for f in ["CEILING", "FLOOR"]:
    add(f"{f}([@N1],[@N2])", *pairs("n1", "n2", [(7.3, 2), (7.3, 0.5), (-7.3, -2), (-7.3, 2), (0.3, 0.1), (6, 3), (2.5, 1)]))

# Texts.
WORDS = ["abc", "张三李四", "Hello World", "", None, "a😀b"]
for n in [0, 1, 2, 10]:
    add(f"LEFT([@T1],{n})", *numbers("t1", ["abc", "张三李四", None]))
    add(f"RIGHT([@T1],{n})", *numbers("t1", ["abc", "张三李四", None]))
add("LEFT([@T1])", *numbers("t1", ["abc", None]))
add("LEFT([@T1],[@N1])", *[{"t1": "abcdef", "n1": 2.9}, {"t1": "abcdef", "n1": -1}, {"t1": "abcdef"}])
add("MID([@T1],2,3)", *numbers("t1", ["abcdef", "张三李四王五", "a", None]))
add("MID([@T1],[@I1],[@I2])", *[{"t1": "abcdef", "i1": 1, "i2": 2}, {"t1": "abcdef", "i1": 0, "i2": 2}, {"t1": "abcdef", "i1": 9, "i2": 2}, {"t1": "abcdef", "i1": 2, "i2": -1}, {"t1": "abcdef", "i1": 2, "i2": 0}])
add("LEN([@T1])", *numbers("t1", ["abc", "张三", "", None, " a "]))
add("LEN([@N1])", *numbers("n1", [12.5, 100]))
add("TRIM([@T1])", *numbers("t1", [" a  b ", "abc", "   ", "张  三"]))
add("CLEAN([@T1])", *numbers("t1", ["a\\nb", "abc"]))
for f in ["UPPER", "LOWER", "PROPER"]:
    add(f"{f}([@T1])", *numbers("t1", ["hello WORLD", "it's 2nd-rate", "张san", "76BudGet", None]))
add("SUBSTITUTE([@T1],\"a\",\"X\")", *numbers("t1", ["banana", "AAA", "", None]))
for n in [1, 2, 4]:
    add(f"SUBSTITUTE([@T1],\"a\",\"X\",{n})", *numbers("t1", ["banana", "aaa"]))
add("SUBSTITUTE([@T1],\"\",\"X\")", *numbers("t1", ["abc"]))
add("SUBSTITUTE([@T1],[@T2],\"\")", *pairs("t1", "t2", [("138-1234-5678", "-"), ("aaa", "aa")]))
add("REPLACE([@T1],4,4,\"****\")", *numbers("t1", ["13812345678", "abc", "ab"]))
add("REPLACE([@T1],[@I1],1,\"-\")", *[{"t1": "abc", "i1": 2}, {"t1": "abc", "i1": 0}, {"t1": "abc", "i1": 5}])
for f in ["FIND", "SEARCH"]:
    add(f"{f}(\"b\",[@T1])", *numbers("t1", ["abc", "ABC", "xyz", None]))
    add(f"{f}(\"a\",[@T1],[@I1])", *[{"t1": "banana", "i1": 1}, {"t1": "banana", "i1": 3}, {"t1": "banana", "i1": 7}, {"t1": "banana", "i1": 0}])
    add(f"{f}([@T2],[@T1])", *pairs("t1", "t2", [("上海市浦东", "市"), ("abc", "C"), ("abc", "z")]))
add("SEARCH(\"a?c\",[@T1])", *numbers("t1", ["xxabc", "ac"]))
add("SEARCH(\"b*d\",[@T1])", *numbers("t1", ["abcde", "db"]))
add("SEARCH(\"~*\",[@T1])", *numbers("t1", ["a*b", "ab"]))
add("EXACT([@T1],[@T2])", *pairs("t1", "t2", [("abc", "abc"), ("abc", "ABC"), (None, "")]))
add("REPT([@T1],[@I1])", *[{"t1": "ab", "i1": 3}, {"t1": "★", "i1": 5}, {"t1": "x", "i1": 0}, {"t1": "x", "i1": -1}, {"t1": "x", "i1": 40000}])
add("CONCATENATE([@T1],[@N1],\"-\",[@T2])", *[{"t1": "a", "n1": 1.5, "t2": "b"}, {"n1": 2}])
add("CONCAT([@T1],[@N1])", *[{"t1": "a", "n1": 1.5}, {"n1": 2}])
add("TEXTJOIN(\"、\",TRUE,[@T1],[@T2],\"末\")", *pairs("t1", "t2", [("a", "b"), (None, "b"), (None, None)]))
add("TEXTJOIN(\"-\",FALSE,[@T1],[@T2],\"末\")", *pairs("t1", "t2", [("a", "b"), (None, "b")]))
add("VALUE([@T1])", *numbers("t1", ["12", "-3.5", "1e3", "12%", "1,234.5", "abc", " 7 "]))
FORMATS = ["0", "0.00", "#,##0", "#,##0.00", "0%", "0.0%", "000", "0.##", "¥#,##0.00"]
for f in FORMATS:
    add(f"TEXT([@N1],\"{f}\")", *numbers("n1", [0, 1234.567, -1234.567, 0.285, 0.5, 1e6, 2.5]))
DATE_FORMATS = ["yyyy-mm-dd", "yyyy/m/d", "yyyy年m月d日", "m月d日", "yyyy-mm", "yy.m.d", "ddd", "dddd", "mmm", "mmmm d"]
for f in DATE_FORMATS:
    add(f"TEXT([@D1],\"{f}\")", *numbers("d1", ["2024-02-29", "1999-12-31", "2024-03-05"]))
for f in ["hh:mm", "hh:mm:ss", "h:m", "yyyy-mm-dd hh:mm", "h:mm AM/PM", "mm:ss"]:
    add(f"TEXT([@S1],\"{f}\")", *numbers("s1", ["2024-02-29 00:00:00", "2024-03-05 13:05:09", "2024-03-05 09:30:00"]))

# Dates.
DAYS = ["2024-02-29", "2023-12-31", "2024-01-01", "2000-03-01", "1999-07-15"]
for f in ["YEAR", "MONTH", "DAY"]:
    add(f"{f}([@D1])", *numbers("d1", DAYS))
    add(f"{f}([@S1])", *numbers("s1", ["2024-02-29 23:59:59"]))
for f in ["HOUR", "MINUTE", "SECOND"]:
    add(f"{f}([@S1])", *numbers("s1", ["2024-02-29 23:59:58", "2024-01-01 00:00:00", "2001-05-06 12:34:56"]))
add("DATE([@I1],[@I2],15)", *pairs("i1", "i2", [(2024, 2), (2024, 13), (2024, 0), (2023, -5), (2024, 30)]))
add("DATE(2024,[@I1],[@I2])", *pairs("i1", "i2", [(1, 31), (2, 30), (3, 0), (1, -10), (12, 400)]))
for k in [1, 2, 3]:
    add(f"WEEKDAY([@D1],{k})", *numbers("d1", ["2024-03-03", "2024-03-04", "2024-03-09"]))
for k in [1, 2, 21]:
    add(f"WEEKNUM([@D1],{k})", *numbers("d1", ["2024-01-01", "2023-01-01", "2024-12-30", "2021-01-03", "2020-12-31", "2024-06-15"]))
for u in ["Y", "M", "D", "YM", "MD", "YD"]:
    add(f"DATEDIF([@D1],[@D2],\"{u}\")", *pairs("d1", "d2", [("2020-02-15", "2024-03-10"), ("2023-05-20", "2024-05-20"), ("2023-05-21", "2024-05-20"), ("2024-01-10", "2024-01-05"), ("2022-12-25", "2023-01-03")]))
add("EDATE([@D1],[@I1])", *[{"d1": "2024-01-31", "i1": n} for n in [1, -1, 13, 0]] + [{"d1": "2024-02-29", "i1": 12}])
add("EOMONTH([@D1],[@I1])", *[{"d1": "2024-01-31", "i1": n} for n in [1, -1, 13, 0]])
add("DAYS([@D1],[@D2])", *pairs("d1", "d2", [("2024-03-01", "2024-02-01"), ("2024-01-01", "2024-12-31")]))
add("DATEVALUE([@T1])", *numbers("t1", ["2024-03-05", "2024/3/5", "x"]))
add("[@D1]+30", *numbers("d1", DAYS[:3]))
add("[@D1]-[@D2]", *pairs("d1", "d2", [("2024-03-01", "2024-02-01"), ("2024-01-01", "2024-12-31")]))
add("[@S1]-[@D1]", {"s1": "2024-03-01 12:00:00", "d1": "2024-03-01"}, {"s1": "2024-03-02 06:00:00", "d1": "2024-03-01"})
add("[@S1]+0.5", *numbers("s1", ["2024-03-01 12:00:00"]))
add("INT([@S1])", *numbers("s1", ["2024-03-01 12:00:00"]))
add("[@D1]+1.5", *numbers("d1", ["2024-03-01"]))
add("[@D1]>45000", *numbers("d1", ["2024-03-01", "2022-03-01"]))
add("[@D1]*1", *numbers("d1", ["2024-03-01"]))
add("YEAR(45000)")
add("TEXT(45000.25,\"yyyy-mm-dd hh:mm\")")
add("NETWORKDAYS([@D1],[@D2])", *pairs("d1", "d2", [("2023-03-06", "2023-03-12"), ("2022-08-01", "2022-08-31"), ("2023-03-12", "2023-03-06"), ("2021-07-03", "2021-07-04")]))
add("DATE(YEAR([@D1]),MONTH([@D1])+1,0)", *numbers("d1", DAYS))
add("IF([@D1]>DATE(2024,1,1),\"新\",\"旧\")", *numbers("d1", DAYS))

# Columns.
for f in ["SUM", "AVERAGE", "MIN", "MAX", "COUNT", "COUNTA"]:
    add(f"{f}(项目[价格])")
    add(f"{f}(项目[数量])")
    add(f"{f}(项目[比率])")
add("COUNTA(项目[名称])")
add("MAX(项目[日期])")
add("SUM(项目[数量],[@N1])", *numbers("n1", [1.5]))
add("SUMIFS(项目[价格],项目[名称],[@T1])", *numbers("t1", ["abc", "茶叶", "没有"]))
add("SUMIFS(项目[数量],项目[名称],\"abc\",项目[数量],\">3\")")
add("SUMIFS(项目[数量],项目[日期],\">=\"&[@D1])", *numbers("d1", ["2024-03-05", "2025-01-01", "2030-01-01"]))
add("SUMIFS(项目[数量],项目[日期],[@D1])", *numbers("d1", ["2024-03-05"]))
for c in ["\">5\"", "\">=5\"", "\"<5\"", "\"<=5\"", "\"<>5\"", "\"=5\"", "5", "\"5\""]:
    add(f"COUNTIFS(项目[数量],{c})")
    add(f"SUMIFS(项目[比率],项目[数量],{c})")
for c in ["\"abc\"", "\"ABC\"", "\"a*\"", "\"*礼盒*\"", "\"ab?\"", "\"a~*b\"", "\"<>abc\"", "\"*\"", "\"<>a*\"", "\"???\"", "\"大*\""]:
    add(f"COUNTIF(项目[名称],{c})")
add("COUNTIF(项目[名称],\"*\"&[@T1]&\"*\")", *numbers("t1", ["礼", "b"]))
add("COUNTIF(项目[价格],\">\"&[@N1])", *numbers("n1", [10, 100]))
add("COUNTIF(项目[价格],12.5)")
add("COUNTIFS(项目[价格],\">=10\",项目[价格],\"<=100\")")
add("SUMIF(项目[名称],\"abc\",项目[价格])")
add("SUMIF(项目[数量],\">4\")")
add("AVERAGEIF(项目[数量],\">4\",项目[比率])")
add("AVERAGEIF(项目[数量],\">400\",项目[比率])")
add("AVERAGEIFS(项目[价格],项目[名称],[@T1])", *numbers("t1", ["abc", "没有"]))
for f in ["MINIFS", "MAXIFS"]:
    add(f"{f}(项目[价格],项目[名称],[@T1])", *numbers("t1", ["abc", "大礼盒", "没有"]))
    add(f"{f}(项目[日期],项目[数量],\">3\")")
add("VLOOKUP([@T1],项目[[名称]:[数量]],2,FALSE)", *numbers("t1", ["abc", "大礼盒", "没有"]))
add("VLOOKUP([@T1],项目[[名称]:[数量]],3,0)", *numbers("t1", ["abc", "茶叶"]))
add("INDEX(项目[价格],MATCH([@T1],项目[名称],0))", *numbers("t1", ["abc", "大礼盒", "没有"]))
add("INDEX(项目[名称],MATCH([@I1],项目[数量],0))", *numbers("i1", [5, 7, 99]))
add("INDEX(项目[日期],MATCH([@T1],项目[名称],0))", *numbers("t1", ["礼盒装"]))
for order in ["", ",0", ",1"]:
    add(f"RANK([@N1],项目[价格]{order})", *numbers("n1", [12.5, 100, 5, 7]))
    add(f"RANK([@I1],项目[数量]{order})", *numbers("i1", [3, 10]))
add("PERCENTRANK(项目[数量],[@I1])", *numbers("i1", [1, 3, 10, 5]))
add("RANK.EQ([@I1],项目[数量])", *numbers("i1", [3]))
add("PERCENTRANK.INC(项目[数量],[@I1])", *numbers("i1", [4]))

# Two minus signs make a number; a blank behind <> means what is filled; a share as a criterion.
add("--[@T1]", *numbers("t1", ["12", "abc"]))
add("---[@T1]", *numbers("t1", ["12"]))
add("--([@N1]>0)&\"次\"", *numbers("n1", [5, -5]))
add("IF(--[@T1]>10,\"大\",\"小\")", *numbers("t1", ["12", "3"]))
add("COUNTIFS(项目[名称],\"<>\"&[@T1])", {}, *numbers("t1", ["abc"]))
add("COUNTIFS(项目[比率],\"<>\"&[@N1])", {}, *numbers("n1", [0.5]))
add("SUMIFS(项目[价格],项目[比率],\">150%\")")
add("COUNTIFS(项目[比率],\"50%\")")
