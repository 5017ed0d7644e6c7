import { type CSSProperties, type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Field, Gallery, ViewRequest } from "@/api/types";
import NoRecords from "@/features/empty/Nothing";
import type { ViewProps } from "@/features/table/SheetView";
import { layoutStore, openRecord } from "@/features/table/tableState";
import type { BlockCache } from "@/grid/blockCache";
import type { Row } from "@/grid/types";
import { useLocale } from "@/i18n";
import { filesOf } from "@/lib/format";
import { fieldOf } from "@/lib/query";
import { Icon } from "@/ui/Icon";
import "@/ui/css/gallery.css";
import { CardField } from "./CardField";
import { KindFrame } from "./KindFrame";
import { GallerySettings } from "./KindSettings";
import { galleryKind } from "./kinds";
import { layOut, type Shape, shapeOf } from "./tiles";
import { titleText } from "./title";

type Props = ViewProps & { gallery: Gallery; request: ViewRequest };

/** The records of a view as cards side by side, with a picture. */
export default function GalleryView(props: Props) {
  const { table, gallery, open } = props;
  const { t } = useTranslation();
  const locale = useLocale();
  const cache = open.view?.table === table.key ? open.view.cache : undefined;
  const box = useRef<HTMLDivElement>(null);
  const cover = fieldOf(table, gallery.cover ?? "");
  const fields = (gallery.cards ?? []).flatMap((key) => fieldOf(table, key) ?? []);
  const [active, setActive] = useState(0);
  const total = cache?.total ?? 0;
  const size = useSize(box);
  const shape = shapeOf(size.width, cover !== undefined, fields.length);
  const [top, setTop] = useState(0);
  const tiles = layOut(shape, total, top, size.height);
  useTold(cache);
  useEffect(() => {
    if (cache && tiles.last >= tiles.first) cache.watch([tiles.first, tiles.last]);
  }, [cache, tiles.first, tiles.last]);
  // Another question starts at the top.
  const question = open.view?.question;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the question is what it waits for
  useEffect(() => {
    box.current?.scrollTo({ top: 0 });
    setActive(0);
  }, [question]);
  const follow = useRef(false);
  useLayoutEffect(() => {
    if (!follow.current) return;
    const card = box.current?.querySelector<HTMLElement>(`[data-place="${active}"]`);
    if (!card) return;
    follow.current = false;
    card.focus({ preventScroll: true });
  });
  const onKey = (e: KeyboardEvent<HTMLElement>) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.shiftKey) return;
    const page = shape.columns * Math.max(1, Math.floor(size.height / shape.height));
    const to: Record<string, number> = {
      ArrowLeft: active - 1,
      ArrowRight: active + 1,
      ArrowUp: active - shape.columns,
      ArrowDown: active + shape.columns,
      PageUp: active - page,
      PageDown: active + page,
      Home: 0,
      End: total - 1,
    };
    const wanted = to[e.key];
    if (wanted === undefined || total === 0) return;
    e.preventDefault();
    const place = Math.max(0, Math.min(total - 1, wanted));
    follow.current = true;
    setActive(place);
    const at = tiles.scrollTo(place);
    if (at !== undefined) box.current?.scrollTo({ top: at });
  };
  const openOne = (id: number) =>
    table.key === "customers" ? props.onOpen(id) : openRecord.set({ table: table.key, id });
  const change = (next: Gallery) => layoutStore(table.key).set((l) => ({ ...l, kind: galleryKind(next) }));
  return (
    <KindFrame
      {...props}
      icon="image"
      label={t("gallery.settings")}
      settings={<GallerySettings table={table} gallery={gallery} onChange={change} />}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the cards inside take the keys; one place hears them */}
      <div
        ref={box}
        className="gallery"
        onScroll={(e) => setTop(e.currentTarget.scrollTop)}
        onKeyDown={onKey}
      >
        <div className="gallery-all" style={{ height: tiles.height }}>
          {cache &&
            Array.from({ length: tiles.last - tiles.first + 1 }, (_, i) => {
              const place = tiles.first + i;
              const row = cache.peek(place);
              return (
                <Card
                  key={place}
                  place={place}
                  row={row}
                  title={row ? titleText(table, row, locale) || t("customer.unnamed") : ""}
                  cover={cover}
                  fields={fields}
                  at={tiles.at(place)}
                  shape={shape}
                  tabbed={place === active}
                  onFocus={() => setActive(place)}
                  onOpen={openOne}
                />
              );
            })}
        </div>
        {cache && total === 0 && <NoRecords table={table.key} />}
      </div>
    </KindFrame>
  );
}

/** Draws anew when rows come or change. */
function useTold(cache: BlockCache | undefined): void {
  const [, told] = useState(0);
  useEffect(() => cache?.subscribe(() => told((n) => n + 1)), [cache]);
}

function useSize(box: { current: HTMLElement | null }): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return size;
}

interface CardProps {
  place: number;
  row: Row | undefined;
  title: string;
  cover: Field | undefined;
  fields: Field[];
  at: { left: number; top: number };
  shape: Shape;
  tabbed: boolean;
  onFocus(): void;
  onOpen(id: number): void;
}

function Card({ place, row, title, cover, fields, at, shape, tabbed, onFocus, onOpen }: CardProps) {
  const style: CSSProperties = {
    transform: `translate(${at.left}px, ${at.top}px)`,
    width: shape.width,
    height: shape.height - shape.gap,
  };
  if (!row || row.deleted) return <div className="tile skeleton" style={style} aria-hidden="true" />;
  return (
    <button
      type="button"
      className="tile"
      style={style}
      data-place={place}
      tabIndex={tabbed ? 0 : -1}
      onFocus={onFocus}
      onClick={() => onOpen(row.id)}
    >
      {cover && <Cover field={cover} row={row} />}
      <strong className="board-title">{title}</strong>
      {fields.map((field) => (
        <CardField key={field.key} field={field} value={row.values[field.key]} />
      ))}
    </button>
  );
}

/** The first picture of a cell; where there is none, or it cannot be shown, what is there instead. */
function Cover({ field, row }: { field: Field; row: Row }) {
  const files = filesOf(row.values[field.key]);
  const picture = files.find((f) => f.type.startsWith("image/"));
  const [failed, setFailed] = useState("");
  return (
    <span className="tile-cover">
      {picture && failed !== picture.id ? (
        <img
          src={api.fileUrl(picture)}
          alt=""
          loading="lazy"
          decoding="async"
          onError={() => setFailed(picture.id)}
        />
      ) : (
        <Icon name={files.length > 0 ? "file" : "image"} size={24} />
      )}
    </span>
  );
}
