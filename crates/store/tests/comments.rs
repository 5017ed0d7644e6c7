//! Comments on cells and records and the mentions in them, on both engines.

use model::{Access, Change, ErrorCode, FieldDef, FieldKey, FieldKind, Label, Origin, RecordId, Result, Scope, UserId};
use store::{CellComments, CommentOn, NewComment, Once, Since, Store, Thread};
use testkit::{Book, scope};

const ANN: UserId = UserId(1);
const BOB: UserId = UserId(2);

fn as_(user: UserId) -> Scope {
    Scope { user, access: Access::Write, ..scope() }
}

fn text(text: &str) -> NewComment {
    NewComment { text: text.into(), mentions: vec![(ANN, "安安".into()), (BOB, "李小波".into())] }
}

fn cell(id: RecordId, field: &str) -> CommentOn {
    CommentOn::Record("customers".into(), id, Some(field.into()))
}

/// Says something, and gives the thread and the comment.
fn say(book: &Book, user: UserId, on: CommentOn, what: &str) -> Result<(i64, i64)> {
    let made = book.store.comment(&as_(user), on, &text(what), None, |c| format!("{} {}", c.thread, c.comment))?;
    let (thread, comment) = made.split_once(' ').unwrap();
    Ok((thread.parse().unwrap(), comment.parse().unwrap()))
}

fn threads(book: &Book, id: RecordId) -> Vec<Thread> {
    book.store.threads(&scope(), "customers", id).unwrap()
}

/// What is said in a record, thread by thread.
fn said(book: &Book, id: RecordId) -> Vec<Vec<String>> {
    threads(book, id).into_iter().map(|t| t.comments.into_iter().map(|c| c.text).collect()).collect()
}

fn marks(book: &Book, ids: &[RecordId]) -> Vec<(i64, Option<String>, u64)> {
    let found = book.store.commented(&scope(), "customers", ids).unwrap();
    let of = |CellComments { record, field, count }| (record.0, field.map(|f: FieldKey| f.to_string()), count);
    let mut out: Vec<_> = found.into_iter().map(of).collect();
    // Engines differ in where they put nothing.
    out.sort();
    out
}

/// Mentions a person has not seen, and the texts of all they are told of, newest first.
fn mentions(book: &Book, user: UserId) -> (u64, Vec<String>) {
    let found = book.store.mentions(&as_(user)).unwrap();
    (found.unseen, found.list.into_iter().map(|m| m.text).collect())
}

/// Table, record and people of what was told of comments after an event.
fn told(book: &Book, after: i64) -> Vec<serde_json::Value> {
    let Since::Events(list) = book.store.events_since(&scope(), after, 100).unwrap() else { panic!("they are kept") };
    list.iter().filter(|e| e.kind == "comments").map(|e| serde_json::from_str(&e.news).unwrap()).collect()
}

fn a_thread_is_about_a_cell_and_resolved_and_opened_again() {
    let book = Book::new();
    let (id, other) = (book.create("customers", &[("name", "甲".into())]), book.create("customers", &[]));
    let changes = book.store.events_since(&scope(), 0, 100).unwrap();
    let before = book.store.newest_event().unwrap();
    let (thread, first) = say(&book, ANN, cell(id, "city"), "  是杭州吗？ \n").unwrap();
    let (same, _) = say(&book, BOB, CommentOn::Thread(thread), "是").unwrap();
    assert_eq!(same, thread);
    say(&book, BOB, CommentOn::Record("customers".into(), id, None), "老客户").unwrap();
    assert_eq!(said(&book, id), [vec!["是杭州吗？", "是"], vec!["老客户"]]);
    assert_eq!(marks(&book, &[id, other]), [(id.0, None, 1), (id.0, Some("city".into()), 2)]);
    assert_eq!(marks(&book, &[other]), []);
    let found = &threads(&book, id)[0];
    assert_eq!((found.comments[0].id, found.comments[0].user, found.resolved), (first, ANN, None));
    assert!((Store::now() - found.comments[0].at).abs() < 60);

    book.store.resolve_thread(&as_(BOB), thread, true).unwrap();
    assert_eq!(threads(&book, id)[0].resolved.map(|(_, by)| by), Some(BOB));
    assert_eq!(marks(&book, &[id]), [(id.0, None, 1)]);
    let heard = told(&book, before).len();
    book.store.resolve_thread(&as_(ANN), thread, true).unwrap();
    assert_eq!(told(&book, before).len(), heard, "nothing changed, nothing is told");
    assert_eq!(threads(&book, id)[0].resolved.map(|(_, by)| by), Some(BOB));
    book.store.resolve_thread(&as_(ANN), thread, false).unwrap();
    assert_eq!(threads(&book, id)[0].resolved, None);
    book.store.resolve_thread(&as_(ANN), thread, true).unwrap();
    say(&book, ANN, CommentOn::Thread(thread), "又搬了").unwrap();
    assert_eq!(threads(&book, id)[0].resolved, None, "whoever answers opens it again");

    let heard = told(&book, before);
    assert_eq!(heard[0], serde_json::json!({ "table": "customers", "record": id.0, "by": 1, "to": [] }));
    assert_eq!(heard.len(), 7, "{heard:?}");
    let Since::Events(made) = changes else { panic!("they are kept") };
    let Since::Events(all) = book.store.events_since(&scope(), 0, 100).unwrap() else { panic!("they are kept") };
    let records = |list: &[store::Event]| list.iter().filter(|e| e.kind == "records").count();
    assert_eq!(records(&made), records(&all), "a comment changes no record");
    assert_eq!(book.find("老客户"), [] as [i64; 0], "and is not searched");
    book.assert_sound();
}

fn what_cannot_be_said_is_refused_and_leaves_nothing() {
    let book = Book::new();
    let id = book.create("customers", &[]);
    let code = |r: Result<(i64, i64)>| r.unwrap_err().code;
    assert_eq!(code(say(&book, ANN, cell(id, "city"), " \n ")), ErrorCode::Invalid);
    assert_eq!(code(say(&book, ANN, cell(id, "city"), &"字".repeat(2_001))), ErrorCode::TooLarge);
    assert_eq!(code(say(&book, ANN, cell(RecordId(99), "city"), "x")), ErrorCode::NotFound);
    say(&book, ANN, cell(id, "没有"), "x").unwrap_err();
    assert_eq!(code(say(&book, ANN, CommentOn::Thread(99), "x")), ErrorCode::NotFound);
    let reader = Scope { access: Access::Read, ..as_(ANN) };
    let refused = book.store.comment(&reader, cell(id, "city"), &text("x"), None, |_| String::new());
    assert_eq!(refused.unwrap_err().code, ErrorCode::Forbidden);
    assert_eq!(said(&book, id), [] as [Vec<String>; 0]);
    say(&book, ANN, cell(id, "city"), &"字".repeat(2_000)).unwrap();

    let ids: Vec<RecordId> = (0..501).map(RecordId).collect();
    assert_eq!(book.store.commented(&scope(), "customers", &ids).unwrap_err().code, ErrorCode::TooLarge);
    let (thread, _) = say(&book, ANN, cell(id, "city"), "1").unwrap();
    for n in 2..500 {
        say(&book, ANN, CommentOn::Thread(thread), &n.to_string()).unwrap();
    }
    assert_eq!(code(say(&book, ANN, cell(id, "name"), "满")), ErrorCode::TooLarge);
    assert_eq!(threads(&book, id).len(), 2);
    book.assert_sound();
}

fn only_its_author_edits_removes_and_brings_back_a_comment() {
    let book = Book::new();
    let id = book.create("customers", &[]);
    let (thread, first) = say(&book, ANN, cell(id, "city"), "第一").unwrap();
    let (_, second) = say(&book, BOB, CommentOn::Thread(thread), "第二").unwrap();
    let owner = Scope { access: Access::Own, ..as_(BOB) };
    assert_eq!(book.store.edit_comment(&owner, first, &text("改")).unwrap_err().code, ErrorCode::Forbidden);
    assert_eq!(book.store.take_comment(&owner, first, true).unwrap_err().code, ErrorCode::Forbidden);
    book.store.edit_comment(&as_(ANN), first, &text("第一")).unwrap();
    assert_eq!(threads(&book, id)[0].comments[0].edited, None, "the same text is no edit");
    book.store.edit_comment(&as_(ANN), first, &text("改过")).unwrap();
    assert!(threads(&book, id)[0].comments[0].edited.is_some());
    // The first of a thread may go while others answer it.
    book.store.take_comment(&as_(ANN), first, true).unwrap();
    assert_eq!(said(&book, id), [["第二"]]);
    assert_eq!(book.store.edit_comment(&as_(ANN), first, &text("又")).unwrap_err().code, ErrorCode::NotFound);
    book.store.take_comment(&as_(BOB), second, true).unwrap();
    assert_eq!((said(&book, id).len(), marks(&book, &[id])), (0, vec![]));
    book.store.take_comment(&as_(ANN), first, false).unwrap();
    assert_eq!(said(&book, id), [["改过"]]);

    // What was taken away goes for good when the bin is emptied.
    assert_eq!(book.store.empty_trash(1).unwrap(), 0);
    book.store.take_comment(&as_(BOB), second, false).unwrap();
    book.store.take_comment(&as_(BOB), second, true).unwrap();
    book.store.empty_trash(-1).unwrap();
    assert_eq!(book.store.take_comment(&as_(BOB), second, false).unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(said(&book, id), [["改过"]]);
    book.assert_sound();
}

fn who_is_mentioned_hears_of_it_until_they_have_seen_it() {
    let book = Book::new();
    let id = book.create("customers", &[("name", "王芳".into())]);
    let before = book.store.newest_event().unwrap();
    let (thread, first) = say(&book, ANN, cell(id, "city"), "@李小波 看一下，@赵六 也看").unwrap();
    assert_eq!(told(&book, before)[0]["to"], serde_json::json!([2]), "nobody is called 赵六");
    assert_eq!(threads(&book, id)[0].comments[0].mentions, [(BOB, "李小波".to_owned())]);
    assert_eq!(mentions(&book, BOB), (1, vec!["@李小波 看一下，@赵六 也看".into()]));
    assert_eq!(mentions(&book, ANN), (0, vec![]));
    let found = book.store.mentions(&as_(BOB)).unwrap().list.remove(0);
    assert_eq!((found.thread, found.comment, found.record, found.user), (thread, first, id, ANN));
    assert_eq!((found.name.as_deref(), found.field.as_deref(), found.seen), (Some("王芳"), Some("city"), false));
    assert!(found.code.is_some());
    // One's own name is no news.
    say(&book, BOB, CommentOn::Thread(thread), "我 @李小波 看了，@安安").unwrap();
    assert_eq!((mentions(&book, BOB).0, mentions(&book, ANN).0), (1, 1));

    let at = book.store.newest_event().unwrap();
    book.store.see_mentions(&as_(BOB), Some(thread)).unwrap();
    assert_eq!((mentions(&book, BOB).0, mentions(&book, ANN).0), (0, 1));
    let Since::Events(heard) = book.store.events_since(&as_(BOB), at, 10).unwrap() else { panic!("they are kept") };
    assert_eq!(heard.iter().map(|e| &*e.kind).collect::<Vec<_>>(), ["mentions"]);
    assert_eq!(book.store.events_since(&as_(ANN), at, 10).unwrap(), Since::Events(vec![]), "nobody else's business");
    // Edited, it is neither told again to who has seen it nor kept from who is new.
    book.store.edit_comment(&as_(ANN), first, &text("@李小波 看两下")).unwrap();
    assert_eq!(mentions(&book, BOB).0, 0);
    book.store.edit_comment(&as_(ANN), first, &text("不用看了")).unwrap();
    assert_eq!(mentions(&book, BOB).1, [] as [String; 0]);
    book.store.edit_comment(&as_(ANN), first, &text("@李小波 还是看")).unwrap();
    assert_eq!(mentions(&book, BOB).0, 1);
    book.store.take_comment(&as_(ANN), first, true).unwrap();
    assert_eq!(mentions(&book, BOB), (0, vec![]));
    book.store.take_comment(&as_(ANN), first, false).unwrap();
    book.store.see_mentions(&as_(BOB), None).unwrap();
    assert_eq!(mentions(&book, BOB).0, 0);
    book.assert_sound();
}

fn comments_share_the_fate_of_their_record() {
    let book = Book::new();
    let (id, other) = (book.create("customers", &[]), book.create("customers", &[]));
    let (thread, comment) = say(&book, ANN, cell(id, "city"), "@李小波 看").unwrap();
    say(&book, ANN, cell(other, "city"), "@李小波 也看").unwrap();
    let removed = book.delete("customers", &[id]);
    let code = |e: model::Error| e.code;
    assert_eq!(code(book.store.threads(&scope(), "customers", id).unwrap_err()), ErrorCode::NotFound);
    assert_eq!(marks(&book, &[id, other]), [(other.0, Some("city".into()), 1)]);
    assert_eq!(mentions(&book, BOB), (1, vec!["@李小波 也看".into()]));
    // Nobody talks on about what is not there.
    assert_eq!(say(&book, BOB, CommentOn::Thread(thread), "x").map_err(code), Err(ErrorCode::NotFound));
    assert_eq!(book.store.edit_comment(&as_(ANN), comment, &text("x")).map_err(code), Err(ErrorCode::NotFound));
    assert_eq!(book.store.take_comment(&as_(ANN), comment, true).map_err(code), Err(ErrorCode::NotFound));
    assert_eq!(book.store.resolve_thread(&as_(ANN), thread, true).map_err(code), Err(ErrorCode::NotFound));
    book.assert_sound();
    book.store.undo(&scope(), removed.change, &mut |_, _| Ok(())).unwrap();
    assert_eq!((said(&book, id), mentions(&book, BOB).0), (vec![vec!["@李小波 看".to_owned()]], 2));

    book.delete("customers", &[id]);
    book.store.empty_trash(-1).unwrap();
    book.assert_sound();
    let restored = book.store.restore_removed(&scope(), &[("customers".into(), id)]).unwrap();
    assert_eq!(restored.refused.len(), 1);
    assert_eq!(said(&book, other), [["@李小波 也看"]]);
}

fn what_was_said_of_a_large_change_goes_with_its_undo() {
    let book = Book::new();
    let kept = book.create("customers", &[]);
    let change = Change::Create { table: "customers".into(), records: vec![vec![]; 1_001] };
    let made = book.store.apply(&scope(), change, Origin::Edit).unwrap();
    say(&book, ANN, cell(made.created[500], "city"), "@李小波 看").unwrap();
    say(&book, ANN, cell(kept, "city"), "@李小波 留").unwrap();
    // So many records keep no content to come back with.
    book.store.undo(&scope(), made.change, &mut |_, _| Ok(())).unwrap();
    assert_eq!(mentions(&book, BOB), (1, vec!["@李小波 留".into()]));
    book.assert_sound();
}

fn a_removed_column_leaves_its_threads_with_the_record() {
    let book = Book::new();
    let add = |zh: &str, en: &str| {
        let field = FieldDef::new("", Label::new(zh, en), FieldKind::Text);
        book.store.add_field(&scope(), "customers", field).unwrap().key
    };
    let (size, kept) = (add("尺码", "Size"), add("备用", "Spare"));
    let id = book.create("customers", &[]);
    let (thread, _) = say(&book, ANN, cell(id, &size), "@李小波 多大？").unwrap();
    say(&book, ANN, cell(id, &kept), "留").unwrap();
    book.store.remove_field(&scope(), "customers", &size, false).unwrap();
    let found = threads(&book, id);
    assert_eq!((&found[0].field, &found[0].was), (&None, &Some(Label::new("尺码", "Size"))));
    assert_eq!(found[1].field.as_ref(), Some(&kept));
    assert_eq!(marks(&book, &[id]), [(id.0, None, 1), (id.0, Some(kept.to_string()), 1)]);
    assert_eq!(book.store.mentions(&as_(BOB)).unwrap().list[0].field, None);
    say(&book, BOB, CommentOn::Thread(thread), "均码").unwrap();
    assert_eq!(said(&book, id)[0], ["@李小波 多大？", "均码"]);

    // A table that goes takes along what was said of its records.
    let table = book.store.add_table(&scope(), Label::same("活动"), None).unwrap().key;
    let made = book.create(&table, &[]);
    say(&book, ANN, CommentOn::Record(table.clone(), made, None), "@李小波 去吗").unwrap();
    assert_eq!(mentions(&book, BOB).0, 2);
    book.store.remove_table(&scope(), &table, false).unwrap();
    assert_eq!(mentions(&book, BOB).0, 1);
    book.assert_sound();
}

fn a_repeated_request_is_said_once() {
    let book = Book::new();
    let id = book.create("customers", &[]);
    let once = Once { key: "k".into(), digest: "d".into() };
    let say = |once: &Once| {
        let answer = |c: store::Commented| c.comment.to_string();
        book.store.comment(&as_(ANN), cell(id, "city"), &text("一次"), Some(once), answer)
    };
    assert_eq!(say(&once).unwrap(), say(&once).unwrap());
    assert_eq!(said(&book, id), [["一次"]]);
    let other = Once { digest: "e".into(), ..once };
    assert_eq!(say(&other).unwrap_err().code, ErrorCode::Conflict);
}

testkit::on_both_engines!(
    a_thread_is_about_a_cell_and_resolved_and_opened_again,
    what_cannot_be_said_is_refused_and_leaves_nothing,
    only_its_author_edits_removes_and_brings_back_a_comment,
    who_is_mentioned_hears_of_it_until_they_have_seen_it,
    comments_share_the_fate_of_their_record,
    what_was_said_of_a_large_change_goes_with_its_undo,
    a_removed_column_leaves_its_threads_with_the_record,
    a_repeated_request_is_said_once,
);
