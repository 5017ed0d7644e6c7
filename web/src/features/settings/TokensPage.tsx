import "@/i18n/settings";
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Scope, Token } from "@/api/types";
import { NothingListed } from "@/features/empty/Nothing";
import { LinkRows } from "@/features/links/LinkRows";
import { errorText } from "@/lib/errors";
import { formatMoment } from "@/lib/format";
import { queryClient } from "@/lib/query";
import { Icon } from "@/ui/Icon";
import { SecretActs } from "@/ui/SecretActs";
import { SureButton } from "@/ui/SureButton";
import { toast, toastError } from "@/ui/toast";
import "@/ui/css/settings.css";

const SCOPES = ["read", "write", "own"] as const satisfies Scope[];
/** Days a token is good for; 0 stands for ever. */
const DAYS = [30, 90, 365, 0] as const;

const askAgain = () => queryClient.invalidateQueries({ queryKey: ["tokens"] });

/** The keys with which programs reach the book: made, shown once, listed, revoked. */
export function TokensPage() {
  const { t } = useTranslation();
  const list = useQuery({ queryKey: ["tokens"], queryFn: api.tokens, staleTime: 0 });
  const [secret, setSecret] = useState<string>();
  return (
    <div className="page" data-help="api">
      <div className="page-head">
        <h1 className="serif">{t("token.title")}</h1>
        <a className="quiet-link" href={api.documentUrl} target="_blank" rel="noreferrer">
          <Icon name="file" /> {t("token.document")}
        </a>
      </div>
      <p className="muted token-about">{t("token.about")}</p>
      {list.isError && (
        <p className="form-error" role="alert">
          {errorText(list.error)}
        </p>
      )}
      {list.data && <NewToken most={list.data.most} onMade={setSecret} />}
      {secret && <Secret secret={secret} onClose={() => setSecret(undefined)} />}
      {list.data?.tokens.length === 0 && <NothingListed word="noTokens" />}
      <ul className="past">
        {list.data?.tokens.map((token) => (
          <TokenRow key={token.id} token={token} />
        ))}
      </ul>
      <section className="settings-part" aria-labelledby="links-all">
        <h2 id="links-all" className="serif">
          {t("link.all")}
        </h2>
        <p className="muted token-about">{t("link.allAbout")}</p>
        <LinkRows none={t("link.noneAtAll")} />
      </section>
    </div>
  );
}

function NewToken({ most, onMade }: { most: Scope; onMade(secret: string): void }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<Scope>("read");
  const [days, setDays] = useState<number>(90);
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    try {
      const made = await api.makeToken({ name: name.trim(), scope, ...(days > 0 && { days }) });
      onMade(made.secret);
      setName("");
      await askAgain();
    } catch (e) {
      toastError(errorText(e));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="token-new"
      onSubmit={(e) => {
        e.preventDefault();
        if (name.trim() !== "") void make();
      }}
    >
      <Input
        aria-label={t("token.name")}
        placeholder={t("token.nameHint")}
        maxLength={40}
        value={name}
        onChange={(e) => setName(e.target.value)}
      />
      <Select
        aria-label={t("token.scope")}
        value={scope}
        options={SCOPES.slice(0, SCOPES.indexOf(most) + 1).map((s) => ({
          value: s,
          label: t(`token.${s}`),
        }))}
        onChange={setScope}
      />
      <Select
        aria-label={t("token.days")}
        value={days}
        options={DAYS.map((n) => ({
          value: n,
          label: n === 0 ? t("token.forever") : t("token.forDays", { n }),
        }))}
        onChange={setDays}
      />
      <Button type="primary" htmlType="submit" disabled={name.trim() === ""} loading={busy}>
        {t("token.make")}
      </Button>
    </form>
  );
}

/** The secret, which nothing shows again. */
function Secret({ secret, onClose }: { secret: string; onClose(): void }) {
  const { t } = useTranslation();
  return (
    <section className="token-secret" aria-label={t("token.once")}>
      <p>{t("token.once")}</p>
      <code>{secret}</code>
      <SecretActs text={secret} onClose={onClose} />
    </section>
  );
}

function TokenRow({ token }: { token: Token }) {
  const { t } = useTranslation();
  const revoke = () =>
    api.revokeToken(token.id).then(
      () => {
        toast(t("token.revoked", { name: token.name }));
        return askAgain();
      },
      (e: unknown) => toastError(errorText(e)),
    );
  return (
    <li className="past-row">
      <Icon name="lock" size={18} />
      <div className="grow">
        <strong>{token.name}</strong>
        <div className="muted num">
          {[
            t(`token.${token.scope}`),
            token.used === null ? t("token.unused") : t("token.used", { at: formatMoment(token.used) }),
            token.expires === null
              ? t("token.forever")
              : t("token.until", { at: formatMoment(token.expires) }),
          ].join(" · ")}
        </div>
      </div>
      <SureButton label={t("token.revoke")} sure={t("token.sure")} onSure={() => void revoke()} />
    </li>
  );
}
