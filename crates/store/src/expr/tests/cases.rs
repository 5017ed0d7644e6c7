//! Every case LibreOffice computed (fixtures/formulas) computed here.

use super::bed::{Answer, Bed, Cell, schema};
use formula::ErrorValue;
use model::Date;
use std::collections::HashMap;
use std::path::Path;

/// What a cell of the table of cases says: `n:1.5`, `t:text`, `b:1`, `e:#N/A`, or nothing.
#[derive(Clone, Debug, PartialEq)]
enum Said {
    Blank,
    Number(f64),
    Text(String),
    Yes(bool),
    Error(ErrorValue),
}

fn said(text: &str) -> Said {
    match text.split_once(':') {
        Some(("n", n)) => Said::Number(n.parse().unwrap_or_else(|_| panic!("{text}"))),
        Some(("t", t)) => Said::Text(t.replace("\\n", "\n").replace("\\t", "\t")),
        Some(("b", b)) => Said::Yes(b == "1"),
        Some(("e", e)) => Said::Error(ErrorValue::ALL.into_iter().find(|v| v.sign() == e).unwrap_or(ErrorValue::Value)),
        _ => Said::Blank,
    }
}

/// A typed input as the database holds it in a field.
fn stored(field: &str, value: &str) -> Cell {
    let day = |t: &str| Date::from_iso(t).unwrap_or_else(|| panic!("{t}")).0;
    match &field[..1] {
        _ if value.is_empty() => Cell::Null,
        _ if field == "name" => Cell::Text(value.into()),
        "n" | "r" => Cell::Real(value.parse().unwrap()),
        "i" | "q" => Cell::Int(value.parse().unwrap()),
        "m" | "p" => Cell::Int((value.parse::<f64>().unwrap() * 100.0).round() as i64),
        "d" if field == "done" => Cell::Int(value.parse().unwrap()),
        "d" => Cell::Int(day(value).into()),
        "s" => Cell::Int(model::DateTime::from_iso(value).unwrap().0),
        "b" => Cell::Int(value.parse().unwrap()),
        _ => Cell::Text(value.replace("\\n", "\n").replace("\\t", "\t")),
    }
}

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/formulas").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// What Kebu gave, in the words of the table: dates as Excel's serial numbers, money in yuan.
fn answered(ty: formula::Type, (cell, error): &Answer) -> Said {
    use formula::Type;
    if let Some(code) = error {
        return Said::Error(ErrorValue::of(*code).expect("a known error"));
    }
    let number = match cell {
        Cell::Null => return Said::Blank,
        Cell::Text(t) => return Said::Text(t.clone()),
        Cell::Int(n) => *n as f64,
        Cell::Real(x) => *x,
    };
    match ty {
        Type::Bool => Said::Yes(number != 0.0),
        Type::Money => Said::Number(number / 100.0),
        Type::Date => Said::Number(number + 25_569.0),
        Type::DateTime => Said::Number(number / 86_400.0 + 25_569.0),
        _ => Said::Number(number),
    }
}

fn same(a: &Said, b: &Said) -> bool {
    match (a, b) {
        (Said::Number(x), Said::Number(y)) => (x - y).abs() <= 1e-9 * x.abs().max(y.abs()).max(1e-6),
        (Said::Blank, Said::Text(t)) | (Said::Text(t), Said::Blank) => t.is_empty(),
        // LibreOffice gives a yes or no computed by arithmetic as a number.
        (Said::Yes(b), Said::Number(n)) | (Said::Number(n), Said::Yes(b)) => f64::from(u8::from(*b)) == *n,
        (a, b) => a == b,
    }
}

#[test]
fn libreoffice_agrees() {
    let bed = Bed::new();
    for (i, line) in read("items.tsv").lines().skip(1).enumerate() {
        let fields = ["name", "price", "qty", "rate", "day", "done"];
        let cells: Vec<Cell> = line.split('\t').zip(fields).map(|(v, f)| stored(f, v)).collect();
        bed.insert("items", i as i64 + 1, &cells);
    }
    let differences: HashMap<String, (String, String)> = read("differences.tsv")
        .lines()
        .filter(|l| !l.starts_with('#') && !l.is_empty())
        .map(|l| {
            let mut p = l.split('\t').map(str::to_owned);
            let (formula, inputs) = (p.next().unwrap_or_default(), p.next().unwrap_or_default());
            (format!("{formula}\t{inputs}"), (p.next().unwrap_or_default(), p.next().unwrap_or_default()))
        })
        .collect();
    let keys: Vec<String> = schema().tables[0].fields.iter().map(|f| f.key.to_string()).collect();
    let (mut wrong, mut count, mut used) = (Vec::new(), 0, 0);
    for (n, line) in read("cases.tsv").lines().enumerate().filter(|(_, l)| !l.starts_with('#')) {
        let mut parts = line.split('\t');
        let (formula, inputs) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let expected = said(parts.next().unwrap_or_default());
        let given: HashMap<&str, &str> = inputs.split('|').filter_map(|p| p.split_once('=')).collect();
        let id = n as i64 + 1;
        let cells: Vec<Cell> =
            keys.iter().map(|k| given.get(k.as_str()).map_or(Cell::Null, |v| stored(k, v))).collect();
        bed.insert("cells", id, &cells);
        count += 1;
        let difference = differences.get(&format!("{formula}\t{inputs}"));
        used += usize::from(difference.is_some());
        let wanted = difference.map_or_else(|| expected.clone(), |d| said(&d.0));
        let ty = match formula::check(&bed.schema, &bed.schema.tables[0], formula) {
            Ok(e) => e.ty,
            Err(e) => {
                wrong.push(format!("{formula}\t{inputs}\t{}", e.zh));
                continue;
            }
        };
        match bed.ask(formula, &[id]) {
            Err(e) => wrong.push(format!("{formula}\t{inputs}\t{e}")),
            Ok(engines) => {
                for answers in engines {
                    let got = answered(ty, &answers[0]);
                    if !same(&got, &wanted) {
                        wrong.push(format!("{formula}\t{inputs}\tgot {got:?}, wanted {wanted:?}"));
                    } else if difference.is_some() && same(&got, &expected) {
                        wrong.push(format!("{formula}\t{inputs}\tis no difference any more"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 600, "only {count} cases");
    assert_eq!(used, differences.len(), "differences of cases that are not there");
}
