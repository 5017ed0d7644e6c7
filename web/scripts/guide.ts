/** Makes the guide, docs/guide/{zh,en}.md, into modules of chapters, so that the page carries no reader of Markdown. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath, URL } from "node:url";
import { Marked, type Tokens } from "marked";
import type { Plugin } from "vite";
import type { Chapter } from "../src/features/help/chapters";

const FOLDER = fileURLToPath(new URL("../../docs/guide/", import.meta.url));
const NAME = "virtual:guide-";

/** The name of a heading in addresses, as the places that show Markdown make it. */
export const anchorOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(" ", "-");

/** What stands for picture `n` until the page knows its address. */
const picture = (n: number): string => `picture:${n}`;

/** A guide's chapters, and the pictures they show. */
export function chaptersOf(markdown: string): { chapters: Chapter[]; pictures: string[] } {
  const pictures: string[] = [];
  const shown = (path: string) => {
    if (!pictures.includes(path)) pictures.push(path);
    return picture(pictures.indexOf(path));
  };
  const marked = new Marked({
    renderer: {
      image: ({ href, text }) => `<img loading="lazy" src="${shown(href)}" alt="${text}">`,
      html: ({ text }) => text.replace(/src="([^"]+)"/g, (_, path) => `loading="lazy" src="${shown(path)}"`),
      link({ href, tokens }) {
        const words = this.parser.parseInline(tokens);
        // What lies beside the guide is not served with the page.
        return href.startsWith("#") ? `<a href="${href}">${words}</a>` : words;
      },
    },
  });
  const chapters: Chapter[] = [];
  let body: Tokens.Generic[] = [];
  const close = () => {
    const last = chapters.at(-1);
    if (last) last.html = marked.parser(body);
    body = [];
  };
  let above = "";
  // A line break between two signs of Chinese is no space.
  const joined = markdown.replace(/(\P{ASCII})\n(?=\P{ASCII})/gu, "$1");
  for (const token of marked.lexer(joined)) {
    if (token.type !== "heading" || token.depth > 3) {
      body.push(token);
      continue;
    }
    close();
    if (token.depth === 1) continue;
    const id = anchorOf(token.text);
    if (token.depth === 2) above = id;
    chapters.push({ id, title: token.text, html: "", ...(token.depth === 3 && { under: above }) });
  }
  close();
  return { chapters, pictures };
}

/** Serves `virtual:guide-zh` and `virtual:guide-en`. */
export function guide(): Plugin {
  return {
    name: "kebu-guide",
    resolveId: (id) => (id.startsWith(NAME) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${NAME}`)) return;
      const file = `${FOLDER}${id.slice(NAME.length + 1)}.md`;
      this.addWatchFile(file);
      const { chapters, pictures } = chaptersOf(readFileSync(file, "utf8"));
      return [
        ...pictures.map((path, n) => {
          // One that is not taken yet must not keep the page from being built that it is to be taken of.
          if (existsSync(FOLDER + path))
            return `import p${n} from ${JSON.stringify(`${FOLDER}${path}?url`)};`;
          this.warn(`${path} is not there: make guide`);
          return `const p${n} = "";`;
        }),
        `export const pictures = [${pictures.map((_, n) => `p${n}`).join()}];`,
        `export const chapters = ${JSON.stringify(chapters)};`,
      ].join("\n");
    },
  };
}
