import { expect, test } from "vitest";
import type { Places } from "@/api/types";
import { joinAddress, splitAddress } from "./places";

const places: Places = [
  ["上海市", [["上海市", ["浦东新区", "黄浦区"]]]],
  [
    "浙江省",
    [
      ["杭州市", ["西湖区"]],
      ["宁波市", []],
    ],
  ],
];

test.each([
  ["上海市 浦东新区 世纪大道1号", ["上海市", "上海市", "浦东新区", "世纪大道1号"]],
  ["浙江省 杭州市 西湖区 文三路 1 号", ["浙江省", "杭州市", "西湖区", "文三路 1 号"]],
  ["浙江省 杭州市", ["浙江省", "杭州市", "", ""]],
  ["浙江省 某路", ["浙江省", "", "", "某路"]],
  ["某小区 3 栋", ["", "", "", "某小区 3 栋"]],
  ["", ["", "", "", ""]],
])("%s is taken apart and put together again", (text, [province, city, district, detail]) => {
  const a = splitAddress(text, places);
  expect(a).toEqual({ province, city, district, detail });
  expect(joinAddress(a)).toBe(text);
});
