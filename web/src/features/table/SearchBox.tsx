import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { EverywhereButton } from "@/features/commands/EverywhereButton";
import { useKey } from "@/lib/hooks";
import { useStore } from "@/lib/store";
import { Icon } from "@/ui/Icon";
import { queryStore } from "./tableState";

/** Searches the table in view; a moment after the last key, and never in the middle of a composition. */
export function SearchBox({ table }: { table: string }) {
  const { t } = useTranslation();
  const store = queryStore(table);
  const stored = useStore(store).search;
  const [text, setText] = useState(stored);
  const [composing, setComposing] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const sent = useRef(stored);

  // Cleared from elsewhere (a filter chip): follow. Our own words coming back must not undo later keys.
  useEffect(() => {
    if (stored !== sent.current) {
      sent.current = stored;
      setText(stored);
    }
  }, [stored]);
  useEffect(() => {
    const wanted = text.trim();
    // What came from elsewhere and was changed back a moment later is a change too: so this looks at the text itself.
    if (composing || wanted === sent.current) return;
    const late = setTimeout(() => {
      sent.current = wanted;
      store.set((q) => ({ ...q, search: wanted }));
    }, 220);
    return () => clearTimeout(late);
  }, [text, composing, store]);
  useKey("f", () => {
    input.current?.select();
    input.current?.focus();
  });

  return (
    <div className="search" role="search">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        value={text}
        aria-label={t("table.search")}
        placeholder={table === "customers" ? t("table.searchCustomers") : t("table.search")}
        onChange={(e) => setText(e.target.value)}
        onCompositionStart={() => setComposing(true)}
        onCompositionEnd={() => setComposing(false)}
        onKeyDown={(e) => {
          if (e.key === "Escape" && text !== "") setText("");
        }}
      />
      <EverywhereButton text={text} />
    </div>
  );
}
