import { Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/Icon";
import { KIND_GROUPS, KIND_ICONS, type Pick } from "./kinds";

interface Props {
  value: Pick;
  allowed(kind: Pick): boolean;
  onPick(kind: Pick): void;
}

/** Every kind with its sign and one line about it. */
export function KindPicker({ value, allowed, onPick }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const fits = (kind: Pick) =>
    allowed(kind) &&
    (wanted === "" || `${t(`kind.${kind}`)} ${t(`kindhelp.${kind}`)}`.toLowerCase().includes(wanted));
  const groups = KIND_GROUPS.map(([group, kinds]) => [group, kinds.filter(fits)] as const);
  return (
    <div className="kind-picker">
      <Input
        size="small"
        allowClear
        value={text}
        prefix={<Icon name="search" size={13} />}
        placeholder={t("field.findKind")}
        aria-label={t("field.findKind")}
        onChange={(e) => setText(e.target.value)}
      />
      {groups.map(([group, kinds]) =>
        kinds.length === 0 ? null : (
          <fieldset key={group}>
            <legend>{t(`kinds.${group}`)}</legend>
            <div className="kind-grid">
              {kinds.map((kind) => (
                <button
                  key={kind}
                  type="button"
                  aria-pressed={kind === value}
                  className={kind === value ? "kind on" : "kind"}
                  onClick={() => onPick(kind)}
                >
                  <Icon name={KIND_ICONS[kind]} />
                  <span>
                    <strong>{t(`kind.${kind}`)}</strong>
                    <span className="muted">{t(`kindhelp.${kind}`)}</span>
                  </span>
                </button>
              ))}
            </div>
          </fieldset>
        ),
      )}
      {groups.every(([, kinds]) => kinds.length === 0) && <p className="muted pad">{t("filter.noValues")}</p>}
    </div>
  );
}
