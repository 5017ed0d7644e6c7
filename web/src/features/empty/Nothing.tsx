import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import type { ReactNode } from "react";
import { fieldDialog, newRecord, queryStore } from "@/features/table/tableState";
import { useStore } from "@/lib/store";
import { Icon, type IconName } from "@/ui/Icon";
import { useTexts, type Word } from "./texts";

/** Words that have a line of their own below. */
type Told = { [W in Word]: `${W}More` extends Word ? W : never }[Word];

interface Act {
  word: Word;
  icon: IconName;
  run(): void;
}

/** An empty place: what would be here, and the next step as buttons. */
export function Nothing({ word, acts = [] }: { word: Told; acts?: Act[] }) {
  const say = useTexts();
  return (
    <Place title={say(word)} more={say(`${word}More`)}>
      {acts.map((act) => (
        <Button key={act.word} icon={<Icon name={act.icon} size={14} />} onClick={act.run}>
          {say(act.word)}
        </Button>
      ))}
    </Place>
  );
}

function Place({ title, more, children }: { title: string; more: string; children: ReactNode }) {
  return (
    <div className="sheet-empty table-empty">
      <strong>{title}</strong>
      <span>{more}</span>
      <div className="empty-acts">{children}</div>
    </div>
  );
}

/** The ways on that several places offer. */
function useWays() {
  const navigate = useNavigate();
  return {
    import: { word: "import", icon: "upload", run: () => void navigate({ to: "/import" }) },
    templates: {
      word: "templates",
      icon: "spark",
      run: () => void navigate({ to: "/templates", search: {} }),
    },
    toCustomers: {
      word: "toCustomers",
      icon: "people",
      run: () => void navigate({ to: "/t/$table", params: { table: "customers" }, search: {} }),
    },
    add: (table: string): Act => ({ word: "add", icon: "plus", run: () => newRecord.set({ table }) }),
  } satisfies Record<string, Act | ((table: string) => Act)>;
}

const BUILTIN = ["customers", "orders", "products", "interactions"] as const;

/** A table without rows: nothing answers what was asked, or there is nothing yet. */
export default function NoRecords({ table: key }: { table: string }) {
  const store = queryStore(key);
  const { filters, search, more = [] } = useStore(store);
  const ways = useWays();
  if (search !== "" || Object.keys(filters).length > 0 || more.length > 0) {
    const clear = () => store.set((q) => ({ ...q, search: "", filters: {}, more: undefined }));
    return <Nothing word="asked" acts={[{ word: "clear", icon: "close", run: clear }]} />;
  }
  const word = BUILTIN.find((b) => b === key);
  if (!word) {
    const addField: Act = { word: "addField", icon: "columns", run: () => fieldDialog.set({ table: key }) };
    return <Nothing word="own" acts={[addField, ways.add(key), ways.import]} />;
  }
  const last = {
    customers: ways.templates,
    interactions: ways.toCustomers,
    orders: undefined,
    products: undefined,
  };
  const acts = [ways.import, ways.add(key), last[word]].filter((act) => act !== undefined);
  return <Nothing word={word} acts={word === "interactions" ? acts.slice(1) : acts} />;
}

/** A page, or part of one, that lists nothing yet. */
export function NothingListed(props: {
  word: "noTrash" | "noTokens" | "noImports" | "noCharts" | "noOrders" | "noHistory" | "noChanges";
  /** Drops what narrows the list, while something does. */
  onAll?: () => void;
}) {
  const { word, onAll } = props;
  const ways = useWays();
  const acts: Act[] = [];
  if (onAll) acts.push({ word: "everything", icon: "close", run: onAll });
  if (word === "noImports" || word === "noCharts") acts.push(ways.import);
  if (word === "noOrders") acts.push({ ...ways.import }, { ...ways.add("orders"), word: "addOrder" });
  return <Nothing word={word} acts={acts} />;
}
