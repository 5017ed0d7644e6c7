import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { type DragEvent, useRef, useState } from "react";
import { api } from "@/api";
import type { TemplateCard } from "@/api/types";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { labelOf } from "@/lib/format";
import { useStore } from "@/lib/store";
import { Icon } from "@/ui/Icon";
import { toastError } from "@/ui/toast";
import "@/ui/css/templates.css";
import { Acts, Detail } from "./Detail";
import { Picture } from "./Picture";
import { SaveAs } from "./SaveAs";
import { fromFile, isShipped, MOST_BYTES, readDocument } from "./templates";
import { useTexts } from "./texts";

/** The gallery of templates, and the one that is being looked at. */
export function TemplatesPage() {
  const { show } = useSearch({ strict: false }) as { show?: string };
  const file = useStore(fromFile);
  const locale = useLocale();
  const cards = useQuery({ queryKey: ["templates", locale], queryFn: api.templates, staleTime: 0 });
  const [saving, setSaving] = useState(false);
  if (!cards.data)
    return cards.isError ? (
      <div className="page">
        <p className="form-error" role="alert">
          {errorText(cards.error)}
        </p>
      </div>
    ) : (
      <div className="page-busy" aria-busy="true" />
    );
  const { may, customers, templates } = cards.data;
  if (show === "file" && file)
    return <Detail key={file.detail.id} from={file} may={may} customers={customers} />;
  const card = templates.find((c) => c.id === show && isShipped(c));
  if (card) return <Detail key={card.id} id={card.id} may={may} customers={customers} />;
  return (
    <>
      <Gallery cards={templates} may={may} onSave={() => setSaving(true)} />
      {saving && <SaveAs onClose={() => setSaving(false)} />}
    </>
  );
}

/** Looks at a file, and at what it would bring. */
function useTake() {
  const say = useTexts();
  const navigate = useNavigate();
  return async (file: File | undefined) => {
    if (!file) return;
    if (file.size > MOST_BYTES) return toastError(say("tooLarge"));
    const document = await readDocument(file);
    if (document === null) return toastError(say("notTemplate"));
    try {
      fromFile.set({ document, detail: await api.checkTemplate(document) });
      await navigate({ to: "/templates", search: { show: "file" } });
    } catch (e) {
      toastError(errorText(e));
    }
  };
}

function Gallery({ cards, may, onSave }: { cards: TemplateCard[]; may: boolean; onSave(): void }) {
  const say = useTexts();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = useTake();
  const drag = (on: boolean) => (e: DragEvent) => {
    if (!may) return;
    e.preventDefault();
    setOver(on);
  };
  const own = cards.filter((c) => !isShipped(c));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a drop target; the button is the keyboard's way
    <div
      data-help="templates"
      className={over ? "page wide tpl-page over" : "page wide tpl-page"}
      onDragEnter={drag(true)}
      onDragOver={drag(true)}
      onDragLeave={drag(false)}
      onDrop={(e) => {
        drag(false)(e);
        if (may) void take(e.dataTransfer.files[0]);
      }}
    >
      <div className="page-head">
        <h1 className="serif">{say("title")}</h1>
        {may && (
          <div className="tpl-acts">
            <Button icon={<Icon name="upload" />} onClick={() => input.current?.click()}>
              {say("fromFile")}
            </Button>
            <Button icon={<Icon name="download" />} onClick={onSave}>
              {say("saveAs")}
            </Button>
          </div>
        )}
        <input
          ref={input}
          type="file"
          hidden
          accept=".json,application/json"
          aria-label={say("fromFile")}
          onChange={(e) => {
            void take(e.target.files?.[0]);
            e.target.value = "";
          }}
        />
      </div>
      <p className="muted tpl-lead">{over ? say("drop") : say("lead")}</p>
      <ul className="tpl-grid">
        {cards.filter(isShipped).map((card) => (
          <CardOf key={card.id} card={card} />
        ))}
      </ul>
      {own.length > 0 && (
        <ul className="tpl-own">
          {own.map((card) => (
            <OwnCard key={card.id} card={card} may={may} />
          ))}
        </ul>
      )}
    </div>
  );
}

/** What is there of a template, in words. */
function Marks({ card }: { card: TemplateCard }) {
  const say = useTexts();
  return (
    <>
      {card.added && <span className="badge tone-green">{say("added")}</span>}
      {card.samples && <span className="badge tone-sand">{say("samplesIn")}</span>}
    </>
  );
}

function CardOf({ card }: { card: TemplateCard }) {
  const say = useTexts();
  const locale = useLocale();
  const navigate = useNavigate();
  const name = labelOf(card.label, locale);
  return (
    <li className="tpl-item">
      {card.picture && (
        <div className="tpl-window" aria-hidden="true">
          <Picture picture={card.picture} small />
        </div>
      )}
      <div className="tpl-about">
        <h2 className="serif">
          <button
            type="button"
            className="tpl-open"
            aria-label={say("open", { name })}
            onClick={() => void navigate({ to: "/templates", search: { show: card.id } })}
          >
            {name}
          </button>
          <Marks card={card} />
        </h2>
        <p>{labelOf(card.description, locale)}</p>
        {card.counts && <p className="muted num">{say("brings", { ...card.counts })}</p>}
      </div>
    </li>
  );
}

function OwnCard({ card, may }: { card: TemplateCard; may: boolean }) {
  const say = useTexts();
  const locale = useLocale();
  return (
    <li className="tpl-own-row">
      <Icon name="file" size={18} />
      <div className="grow">
        <strong>{labelOf(card.label, locale)}</strong> <Marks card={card} />
        <div className="muted">{say("ownOnly")}</div>
      </div>
      {may && <Acts id={card.id} added={card.added} samples={card.samples} />}
    </li>
  );
}
