// Types of the API from its document: `kebu openapi | node scripts/api-types.mjs > src/api/generated.ts`.
// They are of the answers and bodies as JSON; names and comments are the document's.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const text = readFileSync(0, "utf8").trim();
const doc = JSON.parse(text);

/** What the page holds more tightly than the document can say: src/api/cells.ts. */
const BY_HAND = ["Backlinks", "ChoiceOption", "Content", "LinkValue", "Places", "Value", "WireRow"];

const comment = (text, indent) => {
  if (!text) return "";
  const lines = text.trim().split("\n");
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((l) => `${indent} * ${l}`.trimEnd()).join("\n")}\n${indent} */\n`;
};

const key = (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
const refName = (ref) => ref.split("/").at(-1);
const listOf = (type) => (/^[\w.]+$/.test(type) ? `${type}[]` : `(${type})[]`);
const union = (types) => [...new Set(types)].join(" | ");

function object(schema, indent) {
  const inner = `${indent}  `;
  const required = new Set(schema.required ?? []);
  const lines = Object.entries(schema.properties ?? {}).map(([name, of]) => {
    const optional = required.has(name) ? "" : "?";
    return `${comment(of.description, inner)}${inner}${key(name)}${optional}: ${type(of, inner)};\n`;
  });
  const others = schema.additionalProperties;
  if (lines.length === 0) {
    return `Record<string, ${others && typeof others === "object" ? type(others, indent) : "unknown"}>`;
  }
  return `{\n${lines.join("")}${indent}}`;
}

function array(schema, indent) {
  const rest = schema.items ? type(schema.items, indent) : undefined;
  if (!schema.prefixItems) return listOf(rest ?? "unknown");
  const least = schema.minItems ?? 0;
  const first = schema.prefixItems.map((of, i) => {
    const one = type(of, indent);
    return i < least ? one : `${one.includes(" ") ? `(${one})` : one}?`;
  });
  return `[${[...first, ...(rest ? [`...${listOf(rest)}`] : [])].join(", ")}]`;
}

const PLAIN = { string: "string", number: "number", integer: "number", boolean: "boolean", null: "null" };

/** The type of a schema. */
function type(schema, indent = "") {
  if (schema.$ref) return refName(schema.$ref);
  if (schema.enum) return union(schema.enum.map((v) => JSON.stringify(v)));
  for (const word of ["anyOf", "oneOf"]) {
    if (schema[word]) return union(schema[word].map((of) => type(of, indent)));
  }
  if (schema.allOf) {
    const parts = schema.allOf.map((of) => type(of, indent));
    return parts.map((p) => (p.includes(" | ") ? `(${p})` : p)).join(" & ");
  }
  if (Array.isArray(schema.type)) return union(schema.type.map((t) => type({ ...schema, type: t }, indent)));
  if (schema.type === "object") return object(schema, indent);
  if (schema.type === "array") return array(schema, indent);
  return PLAIN[schema.type] ?? "unknown";
}

// By the digest a test of the server sees that this is made from the document as it is.
const head = `// Made from the API's document by scripts/api-types.mjs. Do not edit: \`make types\`.
// Document: ${createHash("sha256").update(text).digest("hex")}
`;
let types = "";
for (const [name, schema] of Object.entries(doc.components.schemas).sort(([a], [b]) => (a < b ? -1 : 1))) {
  if (BY_HAND.includes(name)) continue;
  const body = type(schema);
  const plain = schema.properties && !schema.allOf && !schema.anyOf && !schema.oneOf;
  const written = plain ? `export interface ${name} ${body}\n` : `export type ${name} = ${body};\n`;
  types += `\n${comment(schema.description, "")}${written}`;
}
const named = BY_HAND.filter((name) =>
  new RegExp(`[:<( ]${name}\\b`).test(types.replace(/\/\*\*[\s\S]*?\*\//g, "")),
);
process.stdout.write(`${head}import type { ${named.join(", ")} } from "./cells";\n${types}`);
