//! PostgreSQL behind [`Conn`](super::Conn).

use super::copy::Copy;
use super::{Param, Row, ValueRef};
use crate::dialect::{numbered, quote};
use crate::failure;
use model::{Error, ErrorCode, Result};
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, Statement};
use rustls::pki_types::pem::PemObject;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::error::Error as StdError;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres_rustls::MakeRustlsConnect;

type Failure = Box<dyn StdError + Sync + Send>;

/// Most prepared statements of a session before they are let go.
const MOST_STATEMENTS: usize = 512;

/// A PostgreSQL server and how to reach it.
#[derive(Clone)]
pub(crate) struct Server {
    config: Config,
    tls: MakeRustlsConnect,
}

impl Server {
    /// Reads a connection URL, `postgres://user:password@host:port/database`, with the server's usual
    /// settings after `?`. `sslmode=require` demands TLS; certificates are always verified, against the
    /// system's authorities or the file named by `sslrootcert`.
    ///
    /// # Errors
    /// `invalid` for a URL or certificate file that cannot be read.
    pub(crate) fn parse(url: &str) -> Result<Self> {
        let (url, root) = take_root_cert(url);
        let mut config = Config::from_str(&url).map_err(|e| {
            let cause = e.source().map_or_else(|| e.to_string(), ToString::to_string);
            Error::new(
                ErrorCode::Invalid,
                format!("数据库地址写得不对（{cause}）；应像 postgres://用户:密码@主机:5432/库名"),
                format!(
                    "The database address is wrong ({cause}); write it like postgres://user:password@host:5432/name"
                ),
            )
        })?;
        config.application_name("kebu").connect_timeout(Duration::from_secs(10));
        // A listening connection says nothing for hours; that its server is gone must show all the same.
        config.keepalives_idle(Duration::from_secs(30));
        Ok(Self { config, tls: tls(root.as_deref())? })
    }
}

/// Takes `sslrootcert` out of a URL's settings, which the library does not know.
fn take_root_cert(url: &str) -> (String, Option<String>) {
    let Some((base, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    let mut root = None;
    let mut rest: Vec<String> = Vec::new();
    for part in query.split('&') {
        match part.split_once('=') {
            Some(("sslrootcert", file)) => root = Some(file.replace("%2F", "/")),
            // The stricter modes of libpq are what `require` means here.
            Some(("sslmode", "verify-ca" | "verify-full")) => rest.push("sslmode=require".into()),
            _ => rest.push(part.to_owned()),
        }
    }
    let url = if rest.is_empty() { base.to_owned() } else { format!("{base}?{}", rest.join("&")) };
    (url, root)
}

fn tls(root: Option<&str>) -> Result<MakeRustlsConnect> {
    let mut store = rustls::RootCertStore::empty();
    match root {
        Some(file) => {
            let bad = |e: &dyn std::fmt::Display| {
                Error::new(
                    ErrorCode::Invalid,
                    format!("证书文件“{file}”读不了：{e}"),
                    format!("The certificate file “{file}” cannot be read: {e}"),
                )
            };
            for cert in rustls::pki_types::CertificateDer::pem_file_iter(file).map_err(|e| bad(&e))? {
                store.add(cert.map_err(|e| bad(&e))?).map_err(|e| bad(&e))?;
            }
        }
        None => {
            // A system without authorities can still connect without TLS.
            let found = rustls_native_certs::load_native_certs();
            store.add_parsable_certificates(found.certs);
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(failure)?
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

type Prepared = HashMap<Box<str>, Vec<(Vec<Type>, Statement)>>;

/// An open session.
pub(crate) struct Session {
    client: RefCell<Client>,
    prepared: RefCell<Prepared>,
    in_transaction: Cell<bool>,
    /// The mark of the schema its statements were prepared for.
    shape: Cell<i64>,
}

pub(super) fn connect(server: &Server, schema: &str) -> Result<Session> {
    let mut client = server.config.connect(server.tls.clone()).map_err(error)?;
    let settings = [
        "SET search_path TO ",
        &quote(schema),
        "; SET lock_timeout = '20s'; SET client_min_messages = warning; SET jit = off; SET work_mem = '64MB'",
    ]
    .concat();
    client.batch_execute(&settings).map_err(error)?;
    Ok(Session {
        client: RefCell::new(client),
        prepared: RefCell::default(),
        in_transaction: Cell::new(false),
        shape: Cell::new(0),
    })
}

impl Session {
    /// The statement of a text and the types of its values, prepared once.
    fn statement(&self, sql: &str, params: &[Param<'_>]) -> Result<Statement> {
        let fits = |types: &[Type]| types.iter().zip(params).all(|(t, p)| *t == type_of(p));
        if let Some(list) = self.prepared.borrow().get(sql)
            && let Some((_, s)) = list.iter().find(|(types, _)| fits(types))
        {
            return Ok(s.clone());
        }
        let types: Vec<Type> = params.iter().map(type_of).collect();
        let s = self.client.borrow_mut().prepare_typed(&numbered(sql), &types).map_err(|e| with_text(e, sql))?;
        let mut prepared = self.prepared.borrow_mut();
        if prepared.len() >= MOST_STATEMENTS {
            prepared.clear();
        }
        prepared.entry(sql.into()).or_default().push((types, s.clone()));
        Ok(s)
    }

    pub(super) fn each(
        &self,
        sql: &str,
        params: &[Param<'_>],
        work: &mut dyn FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut stale = false;
        loop {
            let s = self.statement(sql, params)?;
            let mut client = self.client.borrow_mut();
            let mut rows = match client.query_raw(&s, params) {
                Ok(rows) => rows,
                Err(e) if !stale && self.outdated(&e) => {
                    stale = true;
                    continue;
                }
                Err(e) => return Err(with_text(e, sql)),
            };
            loop {
                match rows.next() {
                    Ok(Some(r)) => work(&Row::Postgres(&r))?,
                    Ok(None) => return Ok(()),
                    // It fails before the first row, so nothing was handed over yet.
                    Err(e) if !stale && self.outdated(&e) => break,
                    Err(e) => return Err(with_text(e, sql)),
                }
            }
            stale = true;
        }
    }

    /// Whether a statement failed because another process changed the table since it was prepared; all are
    /// then made anew. Inside a transaction nothing can be tried again.
    fn outdated(&self, e: &postgres::Error) -> bool {
        let outdated = e.code() == Some(&SqlState::FEATURE_NOT_SUPPORTED) && !self.in_transaction.get();
        if outdated {
            self.prepared.borrow_mut().clear();
        }
        outdated
    }

    /// Forgets prepared statements when the schema is another than they were prepared for.
    pub(super) fn shaped(&self, stamp: i64) {
        if self.shape.replace(stamp) != stamp {
            self.prepared.borrow_mut().clear();
        }
    }

    pub(super) fn first<T>(
        &self,
        sql: &str,
        params: &[Param<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let ask = || {
            let s = self.statement(sql, params)?;
            let mut client = self.client.borrow_mut();
            let found = client.query_raw(&s, params).and_then(|mut rows| rows.next());
            Ok::<_, Error>(found)
        };
        let found = match ask()? {
            Err(e) if self.outdated(&e) => ask()?,
            found => found,
        };
        let row = found.map_err(|e| with_text(e, sql))?;
        row.map(|r| read(&Row::Postgres(&r))).transpose()
    }

    pub(super) fn run(&self, sql: &str, params: &[Param<'_>]) -> Result<u64> {
        let s = self.statement(sql, params)?;
        let list: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as &(dyn ToSql + Sync)).collect();
        self.client.borrow_mut().execute(&s, &list).map_err(|e| with_text(e, sql))
    }

    pub(super) fn batch(&self, sql: &str) -> Result<()> {
        // A changed table makes old plans fail inside a transaction, so they are made anew.
        self.prepared.borrow_mut().clear();
        self.client.borrow_mut().batch_execute(sql).map_err(|e| with_text(e, sql))
    }

    pub(super) fn begin(&self, sql: &str) -> Result<()> {
        self.client.borrow_mut().batch_execute(sql).map_err(error)?;
        self.in_transaction.set(true);
        Ok(())
    }

    pub(super) fn end(&self, sql: &str) -> Result<()> {
        self.client.borrow_mut().batch_execute(sql).map_err(error)?;
        self.in_transaction.set(false);
        Ok(())
    }

    pub(super) fn reusable(&self) -> bool {
        !self.in_transaction.get() && !self.client.borrow().is_closed()
    }

    /// What was notified on the channels it listens to, as soon as there is anything; nothing after `most`.
    ///
    /// # Errors
    /// `busy` when the connection is lost.
    pub(crate) fn hear(&self, most: Duration) -> Result<Vec<String>> {
        let mut client = self.client.borrow_mut();
        let mut out = Vec::new();
        {
            let mut notifications = client.notifications();
            if let Some(first) = notifications.timeout_iter(most).next().map_err(error)? {
                out.push(first.payload().to_owned());
            }
            let mut rest = notifications.iter();
            while let Some(more) = rest.next().map_err(error)? {
                out.push(more.payload().to_owned());
            }
        }
        if out.is_empty() && client.is_closed() {
            return Err(Error::new(ErrorCode::Busy, "与数据库的连接断了", "The connection to the database is lost"));
        }
        Ok(out)
    }

    /// Sends rows gathered by [`Copy`] in one binary COPY.
    pub(crate) fn copy(&self, rows: Copy) -> Result<()> {
        use std::io::Write;
        let (sql, data) = rows.finished();
        let mut client = self.client.borrow_mut();
        let mut to = client.copy_in(&sql).map_err(|e| with_text(e, &sql))?;
        to.write_all(&data).map_err(failure)?;
        to.finish().map_err(|e| with_text(e, &sql))?;
        Ok(())
    }
}

/// PostgreSQL's text cannot hold U+0000.
pub(super) fn without_nul(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "").into() } else { text.into() }
}

fn type_of(p: &Param<'_>) -> Type {
    match p {
        Param::Null => Type::UNKNOWN,
        Param::Int(_) => Type::INT8,
        Param::Real(_) => Type::FLOAT8,
        Param::Text(_) | Param::Owned(_) => Type::TEXT,
        Param::Ids(_) => Type::INT8_ARRAY,
        Param::Texts(_) => Type::TEXT_ARRAY,
    }
}

impl ToSql for Param<'_> {
    fn to_sql(&self, ty: &Type, out: &mut bytes::BytesMut) -> Result<IsNull, Failure> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(n) => n.to_sql(ty, out),
            Self::Real(n) => n.to_sql(ty, out),
            Self::Text(t) => without_nul(t).as_ref().to_sql(ty, out),
            Self::Owned(t) => without_nul(t).as_ref().to_sql(ty, out),
            Self::Ids(ids) => ids.to_sql(ty, out),
            Self::Texts(list) => list.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for ValueRef<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Failure> {
        Ok(match *ty {
            Type::INT8 => Self::Integer(i64::from_sql(ty, raw)?),
            Type::INT4 => Self::Integer(i32::from_sql(ty, raw)?.into()),
            Type::BOOL => Self::Integer(bool::from_sql(ty, raw)?.into()),
            Type::FLOAT8 => Self::Real(f64::from_sql(ty, raw)?),
            Type::NUMERIC => numeric(raw)?,
            _ => Self::Text(raw),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Failure> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// A NUMERIC, such as the sum of whole numbers, from its binary form: groups of four decimal digits, the
/// weight of the first, sign and scale. Whole ones that fit stay whole.
fn numeric<'a>(raw: &[u8]) -> Result<ValueRef<'a>, Failure> {
    let word = |i: usize| -> Result<i16, Failure> {
        let bytes = raw.get(2 * i..2 * i + 2).ok_or("a numeric cut short")?;
        Ok(i16::from_be_bytes([bytes[0], bytes[1]]))
    };
    let (groups, weight, sign, scale) = (word(0)?, word(1)?, word(2)?, word(3)?);
    let mut whole: i128 = 0;
    let mut real = 0.0_f64;
    for i in 0..groups {
        let group = word(4 + i as usize)?;
        let place = i32::from(weight) - i32::from(i);
        real += f64::from(group) * 10_000_f64.powi(place);
        if (0..=8).contains(&place) {
            whole += i128::from(group) * 10_000_i128.pow(place.unsigned_abs());
        }
    }
    let negative = sign as u16 == 0x4000;
    if scale == 0
        && weight <= 4
        && let Ok(n) = i64::try_from(if negative { -whole } else { whole })
    {
        return Ok(ValueRef::Integer(n));
    }
    Ok(ValueRef::Real(if negative { -real } else { real }))
}

pub(super) fn cell(row: &postgres::Row, i: usize) -> Result<ValueRef<'_>> {
    row.try_get(i).map_err(error)
}

fn with_text(e: postgres::Error, sql: &str) -> Error {
    tracing::debug!(sql, "a statement failed");
    error(e)
}

/// What a user is told of a failure; the cause of an inner one goes to the log.
fn error(e: postgres::Error) -> Error {
    let Some(code) = e.code() else {
        let cause = e.source().map_or_else(|| e.to_string(), |s| format!("{e}: {s}"));
        tracing::error!(%cause, "PostgreSQL cannot be reached");
        return Error::new(
            ErrorCode::Busy,
            format!("连不上数据库（{cause}）；请检查它是否在运行、地址和密码是否正确"),
            format!(
                "The database cannot be reached ({cause}); check that it runs and that address and password are right"
            ),
        );
    };
    match code {
        c if *c == SqlState::DISK_FULL || *c == SqlState::OUT_OF_MEMORY => Error::new(
            ErrorCode::Busy,
            "数据库的磁盘已满，没有保存；请清理出空间后再试",
            "The database's disk is full, nothing was saved; free some space and try again",
        ),
        c if *c == SqlState::LOCK_NOT_AVAILABLE => Error::new(
            ErrorCode::Busy,
            "客户簿正忙（可能在导入），请稍后再试",
            "The book is busy (an import may be running); try again shortly",
        ),
        c if *c == SqlState::QUERY_CANCELED => Error::new(ErrorCode::Cancelled, "已取消", "Cancelled"),
        c if [SqlState::CANNOT_CONNECT_NOW, SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN].contains(c) => {
            Error::new(
                ErrorCode::Busy,
                "数据库正在停止或重新启动，没有保存；请稍后再试",
                "The database is stopping or starting, nothing was saved; try again shortly",
            )
        }
        c if *c == SqlState::TOO_MANY_CONNECTIONS => Error::new(
            ErrorCode::Busy,
            "数据库的连接数已满；请稍后再试，或调大它的 max_connections",
            "The database takes no more connections; try again shortly, or raise its max_connections",
        ),
        c if *c == SqlState::INVALID_PASSWORD || *c == SqlState::INVALID_AUTHORIZATION_SPECIFICATION => Error::new(
            ErrorCode::Conflict,
            "数据库不认这个用户名或密码；请检查数据库地址",
            "The database refuses this user or password; check the database address",
        ),
        _ => {
            let cause = e.as_db_error().map_or_else(
                || e.to_string(),
                |d| {
                    let detail = d.detail().unwrap_or("");
                    format!("{} {} {detail}", d.code().code(), d.message())
                },
            );
            failure(cause)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerics_are_read_from_their_binary_form() {
        // Groups, weight, sign, scale, digits, as the server sends them.
        for (words, want) in [
            (&[0, 0, 0, 0][..], ValueRef::Integer(0)),
            (&[1, 0, 0, 0, 42], ValueRef::Integer(42)),
            (&[2, 1, 0, 0, 12, 3456], ValueRef::Integer(123_456)),
            (&[1, 1, 0, 0, 5], ValueRef::Integer(50_000)),
            (&[1, 0, 0x4000, 0, 7], ValueRef::Integer(-7)),
            (&[2, 0, 0, 1, 3, 5000], ValueRef::Real(3.5)),
            (&[5, 4, 0, 0, 922, 3372, 368, 5477, 5807], ValueRef::Integer(i64::MAX)),
        ] {
            let raw: Vec<u8> = words.iter().flat_map(|w: &i16| w.to_be_bytes()).collect();
            assert_eq!(numeric(&raw).unwrap(), want, "{words:?}");
        }
    }

    #[test]
    fn the_certificate_file_is_taken_out_of_the_address() {
        for (url, rest, root) in [
            ("postgres://a@b/c", "postgres://a@b/c", None),
            (
                "postgres://a@b/c?sslmode=verify-full&sslrootcert=/x/ca.pem",
                "postgres://a@b/c?sslmode=require",
                Some("/x/ca.pem"),
            ),
            ("postgres://a@b/c?sslrootcert=ca.pem", "postgres://a@b/c", Some("ca.pem")),
        ] {
            assert_eq!(take_root_cert(url), (rest.to_owned(), root.map(str::to_owned)), "{url}");
        }
    }

    #[test]
    fn a_wrong_address_says_how_to_write_it() {
        let e = Server::parse("postgres://host:notaport/x").err().expect("refused");
        assert_eq!(e.code, ErrorCode::Invalid);
        assert!(e.en.contains("postgres://user:password@host:5432/name"), "{e}");
    }
}
