// Numbers that are the same in every run (mulberry32), and what is looked for in the data.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

export function random(seed) {
  let a = seed >>> 0;
  const next = () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    below: (n) => Math.floor(next() * n),
    pick: (list) => list[Math.floor(next() * list.length)],
  };
}

/** Readings of the characters of which the generator makes given names. */
const PINYIN = Object.fromEntries(
  `伟wei 芳fang 娜na 秀xiu 敏min 静jing 丽li 强qiang 磊lei 军jun 洋yang 勇yong 艳yan 杰jie 娟juan 涛tao 明ming 超chao 霞xia 平ping
  刚gang 桂gui 英ying 华hua 玉yu 兰lan 萍ping 红hong 玲ling 燕yan 梅mei 莉li 宇yu 浩hao 轩xuan 梓zi 涵han 欣xin 怡yi 雨yu 晨chen 子zi
  思si 佳jia 琪qi 雪xue 婷ting 慧hui 颖ying 倩qian 雅ya 文wen 博bo 志zhi 鹏peng 飞fei 龙long 海hai 波bo 宁ning 凯kai 健jian 俊jun
  楠nan 晓xiao 春chun 冬dong 月yue 云yun 珊shan 璐lu 薇wei 王wang 李li 张zhang 刘liu 陈chen 杨yang 黄huang 赵zhao 吴wu 周zhou 徐xu
  孙sun 马ma 朱zhu 胡hu 郭guo 何he 林lin 罗luo 高gao 梁liang 郑zheng 谢xie 宋song 唐tang 许xu 韩han 冯feng 邓deng 曹cao`
    .split(/\s+/)
    .map((w) => [w[0], w.slice(1)]),
);

/** Customers of a CSV file as the generator writes it, at most `most`: `{name, mobile, recommend}`. */
export async function people(file, most = 100_000) {
  const out = [];
  const lines = createInterface({ input: createReadStream(file) });
  for await (const line of lines) {
    const cells = line.split(",");
    out.push({ name: cells[1], mobile: cells[4], recommend: cells[12] });
    if (out.length > most) break;
  }
  lines.close();
  return out.slice(1);
}

/** Different things to search for, taken from the data, of each kind. */
export function terms(all, count, seed) {
  const r = random(seed);
  const take = (make) => {
    const found = new Set();
    for (let tries = 0; found.size < count && tries < count * 50; tries++) {
      const term = make(r.pick(all));
      if (term) found.add(term);
    }
    return [...found];
  };
  const read = (p) => [...p.name].map((c) => PINYIN[c]);
  return {
    "two characters of a name": take((p) => [...p.name].slice(0, 2).join("")),
    pinyin: take((p) => (read(p).every(Boolean) ? read(p).join("") : null)),
    initials: take((p) =>
      p.name.length === 3 && read(p).every(Boolean)
        ? read(p)
            .map((s) => s[0])
            .join("")
        : null,
    ),
    "phone tail": take((p) => p.mobile.slice(-4)),
  };
}
