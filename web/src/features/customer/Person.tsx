import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Card, LinkValue, PlaceInView } from "@/api/types";
import { wantedThread } from "@/features/comments/at";
import { useThreads } from "@/features/comments/useTalk";
import { ConsentLines } from "@/features/forms/ConsentLines";
import type { BlockCache } from "@/grid/blockCache";
import { errorText } from "@/lib/errors";
import { useStore } from "@/lib/store";
import { FieldList } from "./FieldList";
import { Figures } from "./Figures";
import { Head } from "./Head";
import { HistoryList } from "./HistoryList";
import { NoteBox } from "./NoteBox";
import { OrderList } from "./OrderList";
import { Step } from "./Steps";
import { Timeline } from "./Timeline";

const RecordComments = lazy(() => import("@/features/comments/RecordComments"));

interface Props {
  id: number;
  /** The view the customer was opened from. */
  cache: BlockCache | undefined;
  /** Room for the profile beside what happened. */
  wide?: boolean;
  /** On a phone: the ways to the neighbours, in reach of the thumb. */
  steps?: { beside: PlaceInView; onGo(id: number): void };
  onOpen(table: string, link: LinkValue): void;
}
type Tab = "timeline" | "fields" | "orders" | "comments" | "history";

/** Everything about one customer, with a line for notes always in reach. */
export function Person({ id, cache, wide, steps, onOpen }: Props) {
  const card = useQuery({
    queryKey: ["card", id],
    queryFn: () => api.card(id),
    placeholderData: (before) => before,
  });
  if (card.isError)
    return (
      <p className="form-error pad" role="alert">
        {errorText(card.error)}
      </p>
    );
  if (!card.data) return <Waiting />;
  const name = typeof card.data.values.name === "string" ? card.data.values.name : "";
  const about = (
    <>
      <Head card={card.data} />
      <ConsentLines table="customers" id={card.data.id} />
      <Figures card={card.data} />
    </>
  );
  const tabs = { card: card.data, cache, wide: wide === true, onOpen };
  if (!wide)
    return (
      <>
        <div className="panel-body">
          {about}
          <Tabs {...tabs} />
        </div>
        {steps ? (
          <Foot {...steps}>
            <NoteBox key={id} id={id} name={name} />
          </Foot>
        ) : (
          <NoteBox key={id} id={id} name={name} />
        )}
      </>
    );
  return (
    <div className="person-columns">
      <div className="person-about">
        {about}
        <FieldList key={id} id={card.data.id} values={card.data.values} cache={cache} onOpen={onOpen} />
      </div>
      <div className="person-story">
        <div className="panel-body">
          <Tabs {...tabs} />
        </div>
        <NoteBox key={id} id={id} name={name} />
      </div>
    </div>
  );
}

function Tabs(props: { card: Card; cache: BlockCache | undefined; wide: boolean } & Pick<Props, "onOpen">) {
  const { card, cache, wide, onOpen } = props;
  const { t } = useTranslation();
  const [chosen, setTab] = useState<Tab>("timeline");
  const wanted = useStore(wantedThread);
  const asked = wanted?.table === "customers" && wanted.record === card.id;
  useEffect(() => {
    if (asked) setTab("comments");
  }, [asked]);
  const said = useThreads("customers", card.id).data?.filter((th) => !th.resolved).length ?? 0;
  const tab = wide && chosen === "fields" ? "timeline" : chosen;
  const names: Record<Tab, string> = {
    timeline: t("timeline.title"),
    fields: t("customer.fields"),
    orders: t("customer.ordersN", { n: card.order_total }),
    comments: said > 0 ? t("comment.titleN", { n: said }) : t("comment.title"),
    history: t("customer.history"),
  };
  return (
    <>
      <div className="panel-tabs" role="tablist">
        {(Object.keys(names) as Tab[])
          .filter((k) => !wide || k !== "fields")
          .map((k) => (
            <button type="button" role="tab" key={k} aria-selected={tab === k} onClick={() => setTab(k)}>
              {names[k]}
            </button>
          ))}
      </div>
      {tab === "timeline" && <Timeline key={card.id} id={card.id} onOpen={onOpen} />}
      {tab === "fields" && (
        <FieldList key={card.id} id={card.id} values={card.values} cache={cache} onOpen={onOpen} />
      )}
      {tab === "orders" && <OrderList card={card} />}
      {tab === "comments" && (
        <Suspense fallback={<div className="page-busy" aria-busy="true" />}>
          <RecordComments key={card.id} table="customers" id={card.id} />
        </Suspense>
      )}
      {tab === "history" && <HistoryList id={card.id} onChanged={() => cache?.refresh()} />}
    </>
  );
}

/** The line for notes between the ways to the neighbours. */
function Foot({ beside, onGo, children }: NonNullable<Props["steps"]> & { children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className="person-foot">
      <Step icon="left" label={t("customer.previous")} to={beside.previous} onGo={onGo} />
      {children}
      <Step icon="right" label={t("customer.next")} to={beside.next} onGo={onGo} />
    </div>
  );
}

/** The shape of what is coming. */
function Waiting() {
  return (
    <div className="panel-body person-waiting" aria-busy="true">
      <i />
      <i />
      <i />
    </div>
  );
}
