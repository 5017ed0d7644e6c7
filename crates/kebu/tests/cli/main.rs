//! The command line, tried on the real binary; what it writes is read again by programs that are not ours.

mod damage;
mod export;
mod grading;
mod import;
mod live;
mod moving;
mod postgres;
mod recalculation;
mod serving;
mod support;
mod tokens;
