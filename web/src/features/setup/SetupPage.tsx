import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { ApiError } from "@/api/client";
import { Welcome } from "@/features/login/Welcome";
import { errorText } from "@/lib/errors";
import { queryClient } from "@/lib/query";

interface Answers {
  code: string;
  login: string;
  password: string;
  book: string;
}
const FIELDS: (keyof Answers)[] = ["code", "login", "password", "book"];

export function SetupPage() {
  const { t } = useTranslation();
  const [form] = Form.useForm<Answers>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const submit = async (answers: Answers) => {
    setBusy(true);
    setError(null);
    try {
      const body = {
        ...answers,
        code: answers.code.trim(),
        login: answers.login.trim(),
        book: answers.book?.trim(),
      };
      queryClient.setQueryData(["status"], await api.setup(body));
    } catch (e) {
      const name = e instanceof ApiError ? FIELDS.find((f) => f === e.field) : undefined;
      if (name) form.setFields([{ name, errors: [errorText(e)] }]);
      else setError(errorText(e));
      setBusy(false);
    }
  };
  const required = { required: true, message: t("form.required") };
  return (
    <Welcome title={t("setup.title")} intro={t("setup.intro")}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={submit} disabled={busy}>
        <Form.Item name="code" label={t("setup.code")} extra={t("setup.codeHint")} rules={[required]}>
          <Input size="large" className="code-input" placeholder="XXXX-XXXX" autoComplete="off" autoFocus />
        </Form.Item>
        <Form.Item name="book" label={t("setup.book")} initialValue={t("setup.bookDefault")}>
          <Input size="large" autoComplete="organization" />
        </Form.Item>
        <Form.Item name="login" label={t("setup.login")} rules={[required]}>
          <Input size="large" autoComplete="username" />
        </Form.Item>
        <Form.Item
          name="password"
          label={t("login.password")}
          rules={[required, { min: 8, message: t("setup.passwordShort") }]}
        >
          <Input.Password size="large" autoComplete="new-password" placeholder={t("setup.passwordHint")} />
        </Form.Item>
        {error && (
          <p className="form-error" role="alert">
            {error}
          </p>
        )}
        <Button type="primary" htmlType="submit" size="large" block loading={busy}>
          {t("setup.submit")}
        </Button>
      </Form>
    </Welcome>
  );
}
