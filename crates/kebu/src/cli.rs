//! The command line. Every option can be given by an environment variable too where one is named.

use clap::{Args, Parser, Subcommand, ValueEnum};
use model::{Access, Date, Lang};
use std::path::PathBuf;

/// 客簿 Kebu:自己托管的客户簿 · the self-hosted customer book
#[derive(Parser)]
#[command(version, arg_required_else_help = true, propagate_version = true)]
#[command(
    after_help = "退出码 · exit codes: 0 完成 done, 1 失败 failed, 2 用法不对 wrong use, 3 完成但有被拒的行 done with rejected rows"
)]
pub(crate) struct Cli {
    /// 数据文件夹 · data folder
    #[arg(long, env = "KEBU_DATA", default_value = "kebu-data", global = true, value_name = "DIR")]
    pub data: PathBuf,
    /// 数据库地址(默认用数据文件夹里的 SQLite),如 postgres://用户:密码@主机/库名 · PostgreSQL address instead of files
    #[arg(long, env = "KEBU_DATABASE", global = true, value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
    /// 基准日期(默认今天),如 2026-11-21 · as-of date, today by default
    #[arg(long, env = "KEBU_AS_OF", global = true, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// 输出 JSON · print JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// 语言 · language
    #[arg(long, env = "KEBU_LANG", global = true, value_enum, default_value_t = CliLang::Zh)]
    pub lang: CliLang,
    /// 日志级别:error warn info debug · log level
    #[arg(long, env = "KEBU_LOG", global = true, default_value = "warn", hide = true)]
    pub log: String,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum CliLang {
    /// 简体中文
    #[value(alias = "zh-CN")]
    Zh,
    /// English
    En,
}

impl From<CliLang> for Lang {
    fn from(l: CliLang) -> Self {
        match l {
            CliLang::Zh => Self::Zh,
            CliLang::En => Self::En,
        }
    }
}

fn date(text: &str) -> Result<Date, String> {
    Date::from_iso(text).ok_or_else(|| "日期写作 2026-11-21 · a date is written 2026-11-21".to_owned())
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// 启动网页 · serve the web page
    Serve(Serve),
    /// 导入表格文件 · import sheets
    Import(Import),
    /// 导出一张表 · export a table
    Export(Export),
    /// 给客户表和订单表评级,输出工作簿 · grade sheets into a workbook
    Grade(Grade),
    /// 生成演示数据 · make demonstration data
    Demo(Demo),
    /// 重算并校验全部数据 · recompute and verify everything
    Check,
    /// 把客簿搬到另一个文件夹或数据库 · carry a book to another folder or database
    Move(Move),
    /// 用户 · users
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// API 令牌 · API tokens
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// 打印 API 文档(OpenAPI 3.1)· print the document of the API
    Openapi,
}

#[derive(Args)]
pub(crate) struct Serve {
    /// 监听地址 · address to listen on
    #[arg(long, env = "KEBU_LISTEN", default_value = "127.0.0.1:8080", value_name = "HOST:PORT")]
    pub listen: String,
    /// 反向代理的地址或网段,逗号隔开(本机的总是可信)· reverse proxies, addresses or networks, besides those on this machine
    #[arg(long, env = "KEBU_PROXIES", value_delimiter = ',', value_name = "NET,…")]
    pub proxies: Vec<server::Network>,
}

#[derive(Args)]
pub(crate) struct Move {
    /// 从哪里:数据文件夹或 postgres:// 地址 · from: a data folder or a postgres:// address
    #[arg(long, value_name = "PLACE")]
    pub from: String,
    /// 到哪里:空的文件夹或数据库 · to: an empty folder or database
    #[arg(long, value_name = "PLACE")]
    pub to: String,
}

#[derive(Args)]
pub(crate) struct Import {
    /// xlsx xls ods csv tsv
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// 只检查,不写入 · check only, keep nothing
    #[arg(long)]
    pub dry_run: bool,
    /// 有问题的行写到这个工作簿 · write rows with problems to this workbook
    #[arg(long, value_name = "OUT.xlsx")]
    pub errors: Option<PathBuf>,
    /// 用什么认出已有客户 · what tells a known customer
    #[arg(long = "match", value_enum, default_value_t = MatchBy::Identity)]
    pub match_by: MatchBy,
    /// 没写年份的日期是哪一年 · the year of dates without one
    #[arg(long, value_name = "YEAR")]
    pub year: Option<i32>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum MatchBy {
    /// 编号、手机、微信、邮箱、店铺账号 · code, mobile, WeChat, e-mail, shop account
    Identity,
    /// 客户编号 · customer code
    Code,
    /// 手机 · mobile
    Mobile,
    /// 姓名 · name
    Name,
    /// 全部当作新客户 · all are new
    None,
}

#[derive(Args)]
pub(crate) struct Export {
    /// customers orders products(或中文表名 · or the Chinese name)
    pub table: String,
    /// 输出文件,.xlsx 或 .csv · output file
    #[arg(short, long, value_name = "OUT")]
    pub out: PathBuf,
}

#[derive(Args)]
pub(crate) struct Grade {
    /// 客户表和订单表 · sheets of customers and orders
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// 输出的工作簿 · the workbook to write
    #[arg(short, long, value_name = "OUT.xlsx")]
    pub out: PathBuf,
    /// 是否附订单表:放得下就附上 · include the orders' sheet when it fits
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set, num_args = 0..=1, default_missing_value = "true", value_name = "true|false")]
    pub with_orders: bool,
    /// 有问题的行写到这个工作簿 · write rows with problems to this workbook
    #[arg(long, value_name = "OUT.xlsx")]
    pub errors: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Demo {
    /// 客户数 · customers
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub customers: u64,
    /// 订单数 · orders
    #[arg(long, default_value_t = 3_000, value_parser = clap::value_parser!(u64).range(0..=100_000_000))]
    pub orders: u64,
    /// 不写入客户簿,而是写成 customers.csv 和 orders.csv · write CSV files instead
    #[arg(long, value_name = "DIR")]
    pub csv: Option<PathBuf>,
    /// 移除演示数据 · remove the demonstration data
    #[arg(long, conflicts_with = "csv")]
    pub remove: bool,
}

#[derive(Subcommand)]
pub(crate) enum UserCommand {
    /// 添加用户；不加 --password-stdin 时生成密码并显示一次 · add a user; without --password-stdin a password is made and shown once
    Add {
        /// 登录名 · login
        login: String,
        /// 显示的名字 · name shown
        #[arg(long, default_value = "")]
        name: String,
        /// 从标准输入读密码 · read the password from standard input
        #[arg(long)]
        password_stdin: bool,
        /// 权限 · access
        #[arg(long, value_enum, default_value_t = AccessArg::Own)]
        access: AccessArg,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum AccessArg {
    /// 只看 · read
    Read,
    /// 可编辑 · read and write
    Write,
    /// 主人 · everything
    Own,
}

impl From<AccessArg> for Access {
    fn from(a: AccessArg) -> Self {
        match a {
            AccessArg::Read => Self::Read,
            AccessArg::Write => Self::Write,
            AccessArg::Own => Self::Own,
        }
    }
}

#[derive(Subcommand)]
pub(crate) enum TokenCommand {
    /// 创建令牌,只显示一次 · create a token, shown once
    Create {
        /// 属于哪个用户(登录名),默认第一个 · whose, the first user by default
        #[arg(long)]
        user: Option<String>,
        /// 用途说明 · what it is for
        #[arg(long, default_value = "api")]
        label: String,
        /// 能做什么,不超过用户自己的权限 · what it may do, within what its user may
        #[arg(long, value_enum, default_value_t = AccessArg::Own)]
        scope: AccessArg,
        /// 多少天后失效,不填则一直有效 · days it is good for, for ever by default
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3_650))]
        days: Option<u32>,
    },
    /// 列出一个用户的令牌 · list a user's tokens
    List {
        /// 登录名,默认第一个 · login, the first user by default
        #[arg(long)]
        user: Option<String>,
    },
    /// 撤销令牌 · revoke a token
    Revoke {
        /// 列表里的编号 · its id in the list
        id: String,
        /// 登录名,默认第一个 · login, the first user by default
        #[arg(long)]
        user: Option<String>,
    },
}
