//! The data folder: `system.db` and `books/<id>.db`; with a PostgreSQL database, passing files only.

use crate::conn::{Conn, Server};
use crate::layout;
use crate::store::{Store, StoreOptions};
use crate::system::{BookInfo, System};
use model::{Date, Error, ErrorCode, Result};
use std::path::{Path, PathBuf};

/// An open data folder.
pub struct DataFolder {
    /// Users, sessions and the list of books.
    pub system: System,
    /// The book.
    pub book: Store,
    /// The book's entry in the list.
    pub info: BookInfo,
    /// The folder is new: an empty book was made.
    pub created: bool,
    path: PathBuf,
}

impl DataFolder {
    /// Opens the data: in a folder, or on the PostgreSQL server at a `postgres://` address, where the folder
    /// only holds passing files. An empty or missing folder or database becomes a new book; one that once
    /// held a book and no longer does is an error, never an empty book.
    ///
    /// # Errors
    /// `conflict` when it holds something else, lost its book, or is newer than the program; `busy` when the
    /// server cannot be reached.
    pub fn open(path: &Path, database: Option<&str>, today: Date) -> Result<Self> {
        std::fs::create_dir_all(path).map_err(|e| unusable(path, &e))?;
        match database {
            Some(url) => Self::on_server(path, url, today),
            None => Self::in_files(path, today),
        }
    }

    /// Whether a place holds data of Kebu's; nothing is made there.
    ///
    /// # Errors
    /// `busy` when the server cannot be reached, `invalid` for a wrong address.
    pub fn holds(path: &Path, database: Option<&str>) -> Result<bool> {
        let Some(url) = database else { return Ok(path.join("system.db").exists()) };
        Ok(layout::server_version(&Conn::server(&Server::parse(url)?, "kebu")?)?.is_some())
    }

    fn on_server(path: &Path, url: &str, today: Date) -> Result<Self> {
        let server = Server::parse(url)?;
        // Schemas named here stand for themselves; the first connection may have none of its own yet.
        let conn = Conn::server(&server, "kebu")?;
        conn.batch("CREATE SCHEMA IF NOT EXISTS kebu")?;
        drop(conn);
        let system = System::connect(&server)?;
        let (info, created) = match system.books()?.into_iter().next() {
            Some(info) => (info, false),
            None => (system.add_book("客户簿")?, true),
        };
        let schema = format!("book_{}", info.id);
        if system.make_schema(&schema)? != created {
            return Err(Error::new(
                ErrorCode::Conflict,
                if created {
                    format!("数据库里已有别的“{schema}”；请换一个空的数据库")
                } else {
                    format!("数据库里找不到“{schema}”；请从备份恢复它，没有新建空的客户簿")
                },
                if created {
                    format!("The database holds another “{schema}”; give Kebu an empty database")
                } else {
                    format!("“{schema}” is missing in the database; restore it from a backup. No empty book was made")
                },
            ));
        }
        let book = Store::connect(url, &schema, StoreOptions { today, scratch: false })?;
        Ok(Self { system, book, info, created, path: path.to_owned() })
    }

    fn in_files(path: &Path, today: Date) -> Result<Self> {
        let io = |e: std::io::Error| unusable(path, &e);
        let system_file = path.join("system.db");
        let created = !system_file.exists();
        if created && std::fs::read_dir(path).map_err(io)?.next().is_some() {
            let books = path.join("books").exists();
            return Err(Error::new(
                ErrorCode::Conflict,
                if books {
                    format!("“{}”里有客簿数据，但缺少 system.db；请从备份恢复它，没有改动任何文件", path.display())
                } else {
                    format!("“{}”里有别的文件；请用一个空文件夹存放客簿数据", path.display())
                },
                if books {
                    format!(
                        "“{}” holds book data but system.db is missing; restore it from a backup. Nothing was changed",
                        path.display()
                    )
                } else {
                    format!("“{}” holds other files; give Kebu an empty folder for its data", path.display())
                },
            ));
        }
        std::fs::create_dir_all(path.join("books")).map_err(io)?;
        let system = System::open(&system_file)?;
        let (info, new_book) = match system.books()?.into_iter().next() {
            Some(info) => (info, false),
            None => (system.add_book("客户簿")?, true),
        };
        let file = path.join("books").join(format!("{}.db", info.id));
        if !new_book && !file.exists() {
            return Err(Error::new(
                ErrorCode::Conflict,
                format!("找不到数据文件“{}”；请从备份恢复它，没有新建空的客户簿", file.display()),
                format!(
                    "The data file “{}” is missing; restore it from a backup. No empty book was made in its place",
                    file.display()
                ),
            ));
        }
        let book = Store::open(&file, StoreOptions { today, scratch: false })?;
        Ok(Self { system, book, info, created, path: path.to_owned() })
    }

    /// A folder for passing files: uploads, problem rows. What is in it is gone at the next start.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn temp(&self) -> Result<PathBuf> {
        let temp = self.path.join("tmp");
        std::fs::create_dir_all(&temp).map_err(Error::internal)?;
        Ok(temp)
    }

    /// Removes what an earlier run left in the folder for passing files.
    pub fn clear_temp(&self) {
        let _ = std::fs::remove_dir_all(self.path.join("tmp"));
    }
}

fn unusable(path: &Path, e: &std::io::Error) -> Error {
    Error::new(
        ErrorCode::Conflict,
        format!("数据文件夹“{}”用不了：{e}；请检查路径和权限", path.display()),
        format!("The data folder “{}” cannot be used: {e}; check the path and its permissions", path.display()),
    )
}
