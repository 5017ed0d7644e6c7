//! The language beside others: LibreOffice on a table of cases, and both engines on random formulas.

mod bed;
mod cases;
mod kebu;
mod random;
mod sql;
