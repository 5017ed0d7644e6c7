import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useDeferredValue, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useLocale } from "@/i18n";
import { focusBack } from "@/lib/focus";
import { usePhone } from "@/lib/hooks";
import { useStore } from "@/lib/store";
import { Icon } from "@/ui/Icon";
import { IconButton } from "@/ui/IconButton";
import { Switch } from "@/ui/Switch";
import "@/ui/css/help.css";
import { type Answer, type Chapter, type Guide, guideOf, htmlOf, searchGuide } from "./chapters";
import { help } from "./help";
import { KeyList } from "./KeyList";
import { TourButton } from "./TourButton";
import { useTexts } from "./texts";
import { anchorOf, topicHere } from "./topics";

type Tab = "guide" | "keys";
const close = () => help.set(null);

/** The guide and the keys, beside what one is doing. */
export default function HelpPanel() {
  const say = useTexts();
  const locale = useLocale();
  const opened = useStore(help);
  const [tab, setTab] = useState<Tab>(opened === "list" ? "keys" : "guide");
  const [here] = useState(topicHere);
  const topic = opened === null || opened === "here" || opened === "list" ? here : opened;
  const guide = useQuery({
    queryKey: ["guide", locale],
    queryFn: () => guideOf(locale),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const panel = useRef<HTMLElement>(null);
  // Before the parts inside take the focus.
  useLayoutEffect(() => {
    const before = document.activeElement;
    return () => focusBack(before);
  }, []);
  useEffect(() => {
    if (!panel.current?.contains(document.activeElement)) panel.current?.focus({ preventScroll: true });
  }, []);
  const onKey = (e: KeyboardEvent) => {
    // What lies under the help is not meant.
    e.stopPropagation();
    if (e.key === "F1") e.preventDefault();
    if ((e.key === "Escape" || e.key === "F1") && !e.nativeEvent.isComposing) close();
  };
  return (
    <aside
      ref={panel}
      className="help"
      role="dialog"
      aria-label={say("title")}
      tabIndex={-1}
      onKeyDown={onKey}
      // A dialog under it would take the focus back.
      onFocus={(e) => e.stopPropagation()}
    >
      <header className="help-bar">
        <strong className="serif">{say("title")}</strong>
        <Switch<Tab>
          label={say("title")}
          value={tab}
          onChange={setTab}
          options={[
            { value: "guide", label: say("guide") },
            { value: "keys", label: say("keys") },
          ]}
        />
        <span className="grow" />
        <TourButton onStart={close} />
        <IconButton icon="close" label={say("close")} onClick={close} />
      </header>
      {tab === "keys" ? (
        <KeyList />
      ) : guide.data ? (
        <Reading key={topic} guide={guide.data} anchor={anchorOf(topic, locale)} />
      ) : (
        <div className="help-body" aria-busy={guide.isPending}>
          {guide.isError && <p role="alert">{say("failed")}</p>}
        </div>
      )}
    </aside>
  );
}

/** The guide: a chapter, its contents, or what answers a search. */
function Reading({ guide, anchor }: { guide: Guide; anchor: string }) {
  const say = useTexts();
  const { chapters } = guide;
  // By number: the guides of both languages have the same chapters, so another language stays at the place.
  const [at, setAt] = useState<number | "contents">(() => chapters.findIndex((c) => c.id === anchor));
  const [words, setWords] = useState("");
  const asked = useDeferredValue(words.trim());
  const body = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const phone = usePhone();
  useEffect(() => {
    // On a phone the keyboard would cover what one wants to read.
    if (!phone) search.current?.focus({ preventScroll: true });
  }, [phone]);
  const go = (to: number | "contents") => {
    setAt(to);
    setWords("");
    body.current?.scrollTo(0, 0);
  };
  const latest = useRef(go);
  latest.current = go;
  useEffect(() => {
    const place = body.current;
    // Links of the guide lead to other chapters.
    const follow = (e: MouseEvent) => {
      const link = (e.target as HTMLElement).closest("a[href^='#']");
      if (!link) return;
      e.preventDefault();
      const wanted = decodeURIComponent(link.getAttribute("href") ?? "").slice(1);
      const found = chapters.findIndex((c) => c.id === wanted);
      if (found >= 0) latest.current(found);
    };
    place?.addEventListener("click", follow);
    return () => place?.removeEventListener("click", follow);
  }, [chapters]);
  const chapter = at === "contents" ? undefined : chapters[at];
  return (
    <>
      <div className="help-search">
        <Icon name="search" />
        <input
          ref={search}
          type="search"
          value={words}
          aria-label={say("search")}
          placeholder={say("search")}
          onChange={(e) => setWords(e.target.value)}
        />
        <IconButton icon="columns" label={say("contents")} text onClick={() => go("contents")} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys as well */}
      <div ref={body} className="help-body" tabIndex={0} role="region" aria-label={say("guide")}>
        {asked !== "" ? (
          <Answers
            answers={searchGuide(chapters, asked)}
            words={asked}
            onGo={(c) => go(chapters.indexOf(c))}
          />
        ) : chapter ? (
          <Text guide={guide} chapter={chapter} onGo={go} />
        ) : (
          <Contents chapters={chapters} onGo={go} />
        )}
      </div>
    </>
  );
}

function Text(props: { guide: Guide; chapter: Chapter; onGo(to: number): void }) {
  const say = useTexts();
  const { guide, chapter, onGo } = props;
  const { chapters } = guide;
  const at = chapters.indexOf(chapter);
  const above = chapters.findIndex((c) => c.id === chapter.under);
  const parts = chapters.filter((c) => c.under === chapter.id);
  return (
    <article className="guide">
      {above >= 0 && (
        <button type="button" className="link" onClick={() => onGo(above)}>
          {chapters[above]?.title}
        </button>
      )}
      <h2 className="serif">{chapter.title}</h2>
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: the guide, made when the page was built */}
      <div dangerouslySetInnerHTML={{ __html: htmlOf(chapter, guide.pictures) }} />
      {parts.length > 0 && (
        <nav className="guide-parts" aria-label={say("parts")}>
          {parts.map((c) => (
            <Go key={c.id} chapter={c} onGo={() => onGo(chapters.indexOf(c))} />
          ))}
        </nav>
      )}
      <footer className="guide-foot">
        {chapters[at - 1] && (
          <IconButton icon="left" label={chapters[at - 1]?.title ?? ""} text onClick={() => onGo(at - 1)} />
        )}
        <span className="grow" />
        {chapters[at + 1] && (
          <IconButton
            icon="right"
            className="guide-next"
            label={chapters[at + 1]?.title ?? ""}
            text
            onClick={() => onGo(at + 1)}
          />
        )}
      </footer>
    </article>
  );
}

function Go({ chapter, onGo }: { chapter: Chapter; onGo(): void }) {
  return (
    <button type="button" className={chapter.under ? "guide-go part" : "guide-go"} onClick={onGo}>
      {chapter.title}
    </button>
  );
}

function Contents({ chapters, onGo }: { chapters: Chapter[]; onGo(to: number): void }) {
  return (
    <nav className="guide-contents">
      {chapters.map((c, n) => (
        <Go key={c.id} chapter={c} onGo={() => onGo(n)} />
      ))}
    </nav>
  );
}

function Answers(props: { answers: Answer[]; words: string; onGo(chapter: Chapter): void }) {
  const say = useTexts();
  const { answers, words, onGo } = props;
  return (
    <>
      <p className="muted" role="status">
        {answers.length === 0 ? say("none", { words }) : say("found", { n: answers.length })}
      </p>
      {answers.map(({ chapter, before, found, after }) => (
        <button type="button" key={chapter.id} className="guide-answer" onClick={() => onGo(chapter)}>
          <strong>{chapter.title}</strong>
          <span>
            {before}
            <mark>{found}</mark>
            {after}
          </span>
        </button>
      ))}
    </>
  );
}
