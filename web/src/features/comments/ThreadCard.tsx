import { type CSSProperties, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Comment, Thread } from "@/api/types";
import { formatInstant, formatMoment } from "@/lib/format";
import { colourOf, initials } from "@/lib/people";
import { useStatus } from "@/lib/query";
import { IconButton } from "@/ui/IconButton";
import "@/ui/css/comments.css";
import { Composer } from "./Composer";
import { shownParts } from "./mentions";
import type { Talk } from "./useTalk";

/** What is said in one place, one after the other. */
export function ThreadCard({ thread, talk, focus }: { thread: Thread; talk: Talk; focus?: boolean }) {
  const { t } = useTranslation();
  const { resolved } = thread;
  return (
    <section className={resolved ? "thread resolved" : "thread"} data-thread={thread.id}>
      {thread.comments.map((comment, i) => (
        <Line key={comment.id} comment={comment} talk={talk}>
          {i === 0 && (
            <IconButton
              icon={resolved ? "undo" : "check"}
              label={t(resolved ? "comment.reopen" : "comment.resolve")}
              onClick={() => void talk.resolve(thread.id, !resolved)}
            />
          )}
        </Line>
      ))}
      {resolved ? (
        <p className="thread-end muted">
          {t("comment.resolvedBy", { name: resolved.by, at: formatMoment(resolved.at) })}
        </p>
      ) : (
        <Composer
          draft={`thread ${thread.id}`}
          label={t("comment.replyHint")}
          send={t("comment.reply")}
          autoFocus={focus}
          onSend={(text, mentions) => talk.reply(thread.id, text, mentions)}
        />
      )}
    </section>
  );
}

function Line({ comment, talk, children }: { comment: Comment; talk: Talk; children?: React.ReactNode }) {
  const { t } = useTranslation();
  const me = useStatus().data?.user?.id;
  const [editing, setEditing] = useState(false);
  const own = comment.user === me;
  const { text, mentions } = comment;
  return (
    <article className="comment">
      <header>
        <span
          className="person"
          style={{ "--person": `var(--person-${colourOf(comment.user) + 1})` } as CSSProperties}
          aria-hidden="true"
        >
          {initials(comment.author)}
        </span>
        <strong>{comment.author}</strong>
        <time className="muted num" title={formatInstant(comment.at)}>
          {formatMoment(comment.at)}
          {comment.edited !== null && ` ${t("comment.edited")}`}
        </time>
        <span className="comment-acts">
          {own && !editing && (
            <>
              <IconButton
                icon="edit"
                className="quiet"
                label={t("comment.edit")}
                onClick={() => setEditing(true)}
              />
              <IconButton
                icon="trash"
                className="quiet"
                label={t("comment.remove")}
                onClick={() => void talk.remove(comment.id)}
              />
            </>
          )}
          {children}
        </span>
      </header>
      {editing ? (
        <Composer
          draft={`comment ${comment.id}`}
          text={text}
          chosen={mentions.map((m) => m.user)}
          label={t("comment.edit")}
          send={t("ui.save")}
          autoFocus
          onSend={async (next, people) => {
            const done = await talk.edit(comment.id, next, people);
            if (done) setEditing(false);
            return done;
          }}
          onCancel={() => setEditing(false)}
        />
      ) : (
        <p>
          {shownParts(text, mentions).map((part, i) =>
            part.name ? <mark key={i}>{part.text}</mark> : part.text,
          )}
        </p>
      )}
    </article>
  );
}
