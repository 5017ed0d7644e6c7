import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Card } from "@/api/types";
import { waitingDay, waitingStore } from "@/features/offline/waiting";
import { useLocale } from "@/i18n";
import { labelOf, textsOf } from "@/lib/format";
import { today } from "@/lib/month";
import { fieldOf, useTable } from "@/lib/query";
import { useStore } from "@/lib/store";
import { Badge } from "@/ui/Badge";
import { Icon } from "@/ui/Icon";
import { IconButton } from "@/ui/IconButton";
import { Popup } from "@/ui/Popup";
import { toast } from "@/ui/toast";
import { PickDay } from "./PickDay";
import { useActs, useOpen } from "./useTimeline";
import { momentText } from "./words";

const str = (v: unknown): string => (typeof v === "string" ? v : "");

async function copy(text: string, said: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A plain-http address in the local network has no clipboard API: the old way still works there.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast(said);
}

/** Who it is, how to reach them, and when next. */
export function Head({ card }: { card: Card }) {
  const { t } = useTranslation();
  const table = useTable("customers");
  const v = card.values;
  const place = [str(v.province), str(v.city)].filter((x) => x !== "");
  const tags = textsOf(v.tags);
  return (
    <div className="panel-head">
      <div className="panel-title">
        <h2 className="serif">{str(v.name) || t("customer.unnamed")}</h2>
        <Grade card={card} />
        <Badge field={fieldOf(table, "lifecycle")} value={v.lifecycle} />
      </div>
      <p className="muted num">{[str(v.code), ...new Set(place)].filter((s) => s !== "").join(" · ")}</p>
      {tags.length > 0 && (
        <p className="badges panel-tags">
          {tags.map((tag) => (
            <Badge key={tag} field={fieldOf(table, "tags")} value={tag} />
          ))}
        </p>
      )}
      <Reach card={card} />
      <NextContact card={card} />
    </div>
  );
}

/** The grade; its reasons when asked. */
function Grade({ card }: { card: Card }) {
  const { t } = useTranslation();
  const table = useTable("customers");
  const [at, setAt] = useState<DOMRect | null>(null);
  if (card.reasons.length === 0) return <Badge field={fieldOf(table, "grade")} value={card.values.grade} />;
  return (
    <>
      <button
        type="button"
        className="grade-button"
        aria-haspopup="dialog"
        aria-expanded={at !== null}
        title={t("customer.why")}
        onClick={(e) => setAt(e.currentTarget.getBoundingClientRect())}
      >
        <Badge field={fieldOf(table, "grade")} value={card.values.grade} />
        <Icon name="down" size={12} />
      </button>
      {at && (
        <Popup at={at} label={t("customer.why")} onClose={() => setAt(null)}>
          <Reasons card={card} />
        </Popup>
      )}
    </>
  );
}

/** Why this grade, in words, each reason with its points. */
function Reasons({ card }: { card: Card }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const points = card.values.points;
  return (
    <section className="reasons" data-help="grades" aria-label={t("customer.why")}>
      <h3>
        {t("customer.why")}
        {typeof points === "number" && (
          <span className="muted num">{t("customer.points", { n: points })}</span>
        )}
      </h3>
      <ul>
        {card.reasons.map((reason) => (
          <li key={reason.field}>
            <span className="dots" aria-hidden="true">
              {[1, 2, 3, 4, 5].map((n) => (
                <i key={n} className={n <= reason.points ? "on" : ""} />
              ))}
            </span>
            <span>{labelOf(reason.text, locale)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Call, copy the WeChat id, write a mail: one tap each. */
function Reach({ card }: { card: Card }) {
  const { t } = useTranslation();
  const v = card.values;
  const [mobile, wechat, email] = [str(v.mobile), str(v.wechat), str(v.email)];
  if (mobile === "" && wechat === "" && email === "") return null;
  return (
    <div className="contact-row">
      {mobile !== "" && (
        <span className="contact">
          <a href={`tel:${mobile}`} aria-label={t("customer.callNumber", { number: mobile })}>
            <Icon name="phone" /> <span className="num">{mobile}</span>
          </a>
          <IconButton
            icon="copy"
            label={t("customer.copyMobile")}
            onClick={() => void copy(mobile, t("customer.copied"))}
          />
        </span>
      )}
      {wechat !== "" && (
        <span className="contact">
          <button
            type="button"
            aria-label={t("person.copyWechat", { id: wechat })}
            onClick={() => void copy(wechat, t("person.wechatCopied", { id: wechat }))}
          >
            <Icon name="wechat" /> <span>{wechat}</span> <Icon name="copy" size={14} />
          </button>
        </span>
      )}
      {email !== "" && (
        <span className="contact">
          <a href={`mailto:${email}`} aria-label={t("person.mail", { address: email })}>
            <Icon name="mail" /> <span>{email}</span>
          </a>
        </span>
      )}
    </div>
  );
}

/** When to talk to them next. The follow-up due on that day goes along. */
function NextContact({ card }: { card: Card }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const open = useOpen(card.id);
  const { keepable } = useActs();
  const [at, setAt] = useState<DOMRect | null>(null);
  const stored = str(card.values.next_contact);
  const waiting = waitingDay(useStore(waitingStore), card.id);
  const next = waiting === undefined ? stored : (waiting ?? "");
  const led = open?.find((e) => str(e.values.follow_up).slice(0, 10) === next);
  const late = next !== "" && next < today();
  const set = (day: string | null) => {
    const act = { kind: "next" as const, customer: card.id, before: stored || null, day };
    void keepable(act, str(card.values.name), t("person.moved"));
  };
  const said = [next === "" ? t("person.noNext") : momentText(next, locale, t)];
  if (late) said.push(t("person.overdue"));
  if (waiting !== undefined) said.push(t("offline.unsent"));
  return (
    <>
      <button
        type="button"
        className={late ? "next-contact late" : "next-contact"}
        aria-haspopup="dialog"
        aria-expanded={at !== null}
        onClick={(e) => setAt(e.currentTarget.getBoundingClientRect())}
      >
        <Icon name="calendar" />
        <span>{t("person.next")}</span>
        <strong className="num">{said.join(" · ")}</strong>
        <Icon name="down" size={12} />
      </button>
      {at && (
        <PickDay
          at={at}
          label={t("person.next")}
          value={next}
          onPick={set}
          onClear={led ? undefined : () => set(null)}
          onClose={() => setAt(null)}
        />
      )}
    </>
  );
}
