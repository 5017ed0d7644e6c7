import { useTranslation } from "react-i18next";
import { useLocale } from "@/i18n";
import { printed } from "./printed";
import { type Shortcut, shortcuts } from "./shortcuts";
import { useTexts } from "./texts";

/** Every key and what it does. */
export function KeyList() {
  const { t } = useTranslation();
  const say = useTexts();
  const english = useLocale() === "en";
  const words = ({ what }: Shortcut) => (typeof what === "string" ? t(what) : what[english ? 1 : 0]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys as well
    <div className="help-body" tabIndex={0} role="region" aria-label={say("keys")}>
      {shortcuts().map(({ title, list }) => (
        <section key={title[0]} className="key-list">
          <h3>{title[english ? 1 : 0]}</h3>
          <dl>
            {list.map((one) => (
              <div key={`${one.keys.join()} ${words(one)}`}>
                <dt>
                  {one.keys.map((keys) => (
                    <span key={keys} className="keys">
                      {printed(keys).map((key) => (
                        <kbd key={key}>{key}</kbd>
                      ))}
                    </span>
                  ))}
                </dt>
                <dd>{words(one)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
