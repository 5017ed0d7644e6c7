import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { ApiError } from "@/api/client";
import { errorText } from "@/lib/errors";
import { queryClient } from "@/lib/query";
import { Welcome } from "./Welcome";

export function LoginPage() {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const submit = async ({ login, password }: { login: string; password: string }) => {
    setBusy(true);
    setError(null);
    try {
      queryClient.setQueryData(["status"], await api.login(login.trim(), password));
    } catch (e) {
      setError(e instanceof ApiError && e.status === 401 ? t("login.wrong") : errorText(e));
      setBusy(false);
    }
  };
  return (
    <Welcome title={t("login.title")} intro={t("login.intro")}>
      <Form layout="vertical" requiredMark={false} onFinish={submit} disabled={busy}>
        <Form.Item
          name="login"
          label={t("login.login")}
          rules={[{ required: true, message: t("form.required") }]}
        >
          <Input size="large" autoComplete="username" autoFocus />
        </Form.Item>
        <Form.Item
          name="password"
          label={t("login.password")}
          rules={[{ required: true, message: t("form.required") }]}
        >
          <Input.Password size="large" autoComplete="current-password" />
        </Form.Item>
        {error && (
          <p className="form-error" role="alert">
            {error}
          </p>
        )}
        <Button type="primary" htmlType="submit" size="large" block loading={busy}>
          {t("login.submit")}
        </Button>
      </Form>
    </Welcome>
  );
}
