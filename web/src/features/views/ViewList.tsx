import { Button, Checkbox, Input } from "antd";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field, SavedView, SavedViews, Table } from "@/api/types";
import { fieldsFor, KIND_ICONS, KINDS, type KindName, kindName } from "@/features/kinds/kinds";
import { errorText } from "@/lib/errors";
import { Icon, type IconName } from "@/ui/Icon";
import { IconButton } from "@/ui/IconButton";
import { Popup } from "@/ui/Popup";

const KindBy = lazy(() => import("@/features/kinds/KindBy"));

interface Props {
  at: DOMRect;
  all: string;
  views: SavedView[];
  may: SavedViews["may"];
  open: SavedView | undefined;
  /** Begins with the name of a new view. */
  naming: boolean;
  onGo(view: number | undefined): void;
  onCreate(name: string, shared: boolean, of?: SavedView): Promise<void>;
  table: Table;
  onCreateKind(name: string, shared: boolean, kind: KindName, by?: Field): Promise<void>;
  onUpdate(view: SavedView, body: { name?: string; shared?: boolean }): Promise<void>;
  onRemove(view: SavedView): Promise<void>;
  onEarlier(view: SavedView): Promise<void>;
  onLinks(view: SavedView): void;
  onClose(): void;
}

/** Every view to go to; each can be managed by whoever may. */
export function ViewList(props: Props) {
  const { at, all, views, may, open, onGo, onClose } = props;
  const { t } = useTranslation();
  const [name, setName] = useState<{ of?: SavedView; copy?: boolean; kind?: KindName } | null>(
    props.naming ? {} : null,
  );
  const [managed, setManaged] = useState<number | null>(null);
  const [error, setError] = useState<string | null>(null);
  const act = async (work: () => Promise<void>) => {
    setError(null);
    try {
      await work();
      return true;
    } catch (e) {
      setError(errorText(e));
      return false;
    }
  };
  const groups: [string, SavedView[]][] = [
    [t("view.sharedOnes"), views.filter((v) => v.shared)],
    [t("view.ownOnes"), views.filter((v) => !v.shared)],
  ];
  return (
    <Popup at={at} label={t("view.list")} onClose={onClose}>
      <div className="view-list" data-help="views">
        {name ? (
          <NameForm
            start={
              name.copy && name.of
                ? t("view.copyOf", { name: name.of.name }).slice(0, 40)
                : (name.of?.name ?? "")
            }
            shared={name.of && !name.copy ? undefined : may.share ? false : undefined}
            error={error}
            kind={name.kind}
            choices={name.kind && fieldsFor(name.kind, props.table)}
            onCancel={() => (props.naming ? onClose() : setName(null))}
            onSave={async (text, shared, by) => {
              const done = await act(() =>
                name.kind
                  ? props.onCreateKind(text, shared, name.kind, by)
                  : name.of && !name.copy
                    ? props.onUpdate(name.of, { name: text })
                    : props.onCreate(text, shared, name.of),
              );
              if (done) onClose();
            }}
          />
        ) : (
          <>
            <div className="menu">
              <ViewItem name={all} on={open === undefined} onClick={() => onGo(undefined)} />
              {groups.map(([title, list]) =>
                list.length === 0 ? null : (
                  <section key={title} aria-label={title}>
                    <div className="view-group">{title}</div>
                    {list.map((v, i) => (
                      <div key={v.id}>
                        <ViewItem
                          name={v.name}
                          kind={kindName(v.kind)}
                          on={open?.id === v.id}
                          onClick={() => onGo(v.id)}
                        >
                          <IconButton
                            icon="more"
                            label={t("view.actions", { name: v.name })}
                            aria-expanded={managed === v.id}
                            onClick={() => setManaged(managed === v.id ? null : v.id)}
                          />
                        </ViewItem>
                        {managed === v.id && (
                          <div className="view-actions">
                            {v.editable && (
                              <Action
                                icon="edit"
                                label={t("view.rename")}
                                onClick={() => setName({ of: v })}
                              />
                            )}
                            {may.save && (
                              <Action
                                icon="copy"
                                label={t("view.duplicate")}
                                onClick={() => setName({ of: v, copy: true })}
                              />
                            )}
                            <Action icon="link" label={t("view.links")} onClick={() => props.onLinks(v)} />
                            {may.share && (
                              <Action
                                icon={v.shared ? "user" : "people"}
                                label={t(v.shared ? "view.unshare" : "view.share")}
                                onClick={() => void act(() => props.onUpdate(v, { shared: !v.shared }))}
                              />
                            )}
                            {v.editable && i > 0 && (
                              <Action
                                icon="up"
                                label={t("view.earlier")}
                                onClick={() => void act(() => props.onEarlier(v))}
                              />
                            )}
                            {v.editable && (
                              <Action
                                icon="trash"
                                label={t("view.delete")}
                                onClick={() =>
                                  void act(() => props.onRemove(v)).then((done) => done && onClose())
                                }
                              />
                            )}
                          </div>
                        )}
                      </div>
                    ))}
                  </section>
                ),
              )}
            </div>
            {error && (
              <p className="form-error pad" role="alert">
                {error}
              </p>
            )}
            {may.save && (
              <div className="menu view-foot">
                <Action icon="plus" label={t("view.new")} onClick={() => setName({})} />
                {KINDS.map((kind) => (
                  <Action
                    key={kind}
                    icon={KIND_ICONS[kind]}
                    label={t(`kind.new.${kind}`)}
                    onClick={() => setName({ kind })}
                  />
                ))}
              </div>
            )}
          </>
        )}
      </div>
    </Popup>
  );
}

function ViewItem(props: {
  name: string;
  on: boolean;
  kind?: KindName;
  onClick(): void;
  children?: ReactNode;
}) {
  return (
    <div className="view-item">
      <button
        type="button"
        className={props.on ? "menu-item on" : "menu-item"}
        aria-current={props.on ? "true" : undefined}
        onClick={props.onClick}
      >
        <span className="view-tick">{props.on && <Icon name="check" size={14} />}</span>
        <span className="view-name">{props.name}</span>
        {props.kind && (
          <span className="view-kind">
            <Icon name={KIND_ICONS[props.kind]} size={14} />
          </span>
        )}
      </button>
      {props.children}
    </div>
  );
}

function Action({ icon, label, onClick }: { icon: IconName; label: string; onClick(): void }) {
  return (
    <button type="button" className="menu-item" onClick={onClick}>
      <Icon name={icon} size={14} /> {label}
    </button>
  );
}

function NameForm(props: {
  start: string;
  /** Absent where there is nothing to choose. */
  shared: boolean | undefined;
  error: string | null;
  /** Of a view that is no sheet. */
  kind: KindName | undefined;
  /** The fields it may be laid out by, where it needs one. */
  choices: Field[] | undefined;
  onSave(name: string, shared: boolean, by?: Field): Promise<void>;
  onCancel(): void;
}) {
  const { t } = useTranslation();
  const [name, setName] = useState(props.start);
  const [shared, setShared] = useState(props.shared ?? false);
  const [busy, setBusy] = useState(false);
  const [key, setKey] = useState(props.choices?.[0]?.key);
  const by = props.choices?.find((f) => f.key === key);
  const ready = name.trim() !== "" && (by !== undefined || !props.choices);
  const { kind } = props;
  const hint = !kind
    ? t("view.newHint")
    : t(kind === "gallery" || kind === "form" || by ? `kind.newHint.${kind}` : `kind.noField.${kind}`);
  return (
    <form
      className="view-form"
      onSubmit={(e) => {
        e.preventDefault();
        if (!ready || busy) return;
        setBusy(true);
        void props.onSave(name.trim(), shared, by).finally(() => setBusy(false));
      }}
    >
      <Input
        autoFocus
        value={name}
        maxLength={40}
        placeholder={t("view.name")}
        aria-label={t("view.name")}
        onChange={(e) => setName(e.target.value)}
      />
      {props.start === "" && <p className="muted">{hint}</p>}
      {by && props.choices && (
        <Suspense fallback={<div className="board-by" />}>
          <KindBy
            label={t(`${kind === "calendar" ? "month" : "board"}.by`)}
            choices={props.choices}
            by={by}
            onChange={setKey}
          />
        </Suspense>
      )}
      {props.shared !== undefined && (
        <Checkbox checked={shared} onChange={(e) => setShared(e.target.checked)}>
          {t("view.shared")}
        </Checkbox>
      )}
      {props.error && (
        <p className="form-error" role="alert">
          {props.error}
        </p>
      )}
      <div className="view-form-foot">
        <Button size="small" onClick={props.onCancel}>
          {t("ui.cancel")}
        </Button>
        <Button size="small" type="primary" htmlType="submit" disabled={!ready} loading={busy}>
          {t("ui.save")}
        </Button>
      </div>
    </form>
  );
}
