//! What the SQL of formulas looks like.

use crate::derive::LayerNames;
use crate::dialect::Dialect;
use crate::expr::{Names, stored};
use crate::fails::Fails;
use model::builtin;

/// Formulas that ship keep plain SQL: no sub-selects but roll-ups, no errors, which are columns of their own.
#[test]
fn shipped_formulas_stay_plain() {
    let schema = builtin::schema();
    let none = Fails::default();
    for table in &schema.tables {
        for field in table.fields.iter().filter(|f| f.formula.is_some()) {
            let text = field.formula.as_deref().unwrap_or_default();
            let expr = formula::compile(&schema, table, text, &field.kind).unwrap();
            let names = LayerNames::alone(&schema, &table.key, &none);
            let kind = names.kind(&field.key).cloned().unwrap();
            for dialect in [Dialect::Sqlite, Dialect::Postgres] {
                assert!(stored(dialect, &expr, &kind, &names).e.is_none(), "{} may fail on {dialect:?}", field.key);
            }
            let made = stored(Dialect::Sqlite, &expr, &kind, &names).rendered();
            let mut select = sea_query::Query::select();
            select.expr(made.value);
            let sql = select.to_string(crate::dialect::BUILDER);
            assert!(!sql.contains("OFFSET") && !sql.contains("kebu_"), "{}: {sql}", field.key);
        }
    }
}

/// A guarded division is no error, so its column needs none for errors.
#[test]
fn guards_of_divisors_are_understood() {
    let bed = super::bed::schema();
    let table = &bed.tables[0];
    let none = Fails::default();
    let names = LayerNames::alone(&bed, &table.key, &none);
    for (text, safe) in [
        ("1/[@I1]", false),
        ("IF([@I1]=0,0,1/[@I1])", true),
        ("IF([@I1]=0,1/[@I1],0)", false),
        ("IF([@I1]<>0,1/[@I1],0)", true),
        ("IF([@I1]<>0,0,1/[@I1])", false),
        ("IF([@I1]>0,1/[@I1],0)", true),
        ("IF(0<[@I1],1/[@I1],0)", true),
        ("IF([@I1]>=0,1/[@I1],0)", false),
        ("IF([@I1]>=1,1/[@I1],0)", true),
        ("IF([@I1]>-1,1/[@I1],0)", false),
        ("IF([@I1]<=0,0,1/[@I1])", true),
        ("IF([@I1]=5,1/[@I1],0)", true),
        ("IF([@I1]=5,0,1/[@I1])", false),
        // A blank is 0 where it divides.
        ("IF([@I1]=\"\",0,1/[@I1])", false),
        ("IF([@M1]=0,0,[@I1]/[@M1])", true),
        ("IF([@M1]=0,0,[@M2]/-[@M1])", true),
        ("IF([@I1]=0,0,1/[@I2])", false),
        ("IF(AND([@I1]<>0,[@I2]>5),[@I2]/[@I1],0)", true),
        ("IF(OR([@I1]<>0,[@I2]>5),[@I2]/[@I1],0)", false),
        ("IF(OR([@I1]=0,[@I2]=0),0,1/[@I1]+1/[@I2])", true),
        ("IF(AND([@I1]=0,[@I2]=0),0,1/[@I1])", false),
        ("IF(NOT([@I1]=0),1/[@I1],0)", true),
        ("IFS([@I1]=0,0,[@I2]=0,1/[@I1],TRUE,1/[@I1]+1/[@I2])", true),
        ("IF([@I1]=0,0,1)+1/[@I1]", false),
        ("IF([@I1]=0,0,IF([@I2]=0,1/[@I1],1/[@I2]))", true),
        ("IF(COUNTIFS(项目[数量],1)=0,0,1/COUNTIFS(项目[数量],1))", true),
        ("IF(COUNTIFS(项目[数量],1)=0,0,1/COUNTIFS(项目[数量],2))", false),
    ] {
        let typed = formula::check(&bed, table, text).unwrap_or_else(|e| panic!("{text}: {}", e.zh));
        let kind = super::bed::kind_of(&typed, table);
        let made = stored(Dialect::Sqlite, &typed, &kind, &names);
        assert_eq!(made.e.is_none(), safe, "{text}");
    }
}

/// A part used again and again is written once, however deep.
#[test]
fn nested_errors_do_not_blow_up() {
    let bed = super::bed::schema();
    let table = &bed.tables[0];
    for (open, close) in
        [("IFERROR(1/", ",0)"), ("SQRT(", ")"), ("AVERAGE([@N1],", ")"), ("MOD(7.5,", ")"), ("ROUND(2/", ",1)")]
    {
        let text = format!("{}[@N1]{}", open.repeat(40), close.repeat(40));
        let typed = formula::check(&bed, table, &text).unwrap();
        let kind = super::bed::kind_of(&typed, table);
        match crate::preview::select(&bed, &Fails::default(), Dialect::Sqlite, table, &typed, &kind) {
            Ok(select) => {
                let (sql, _) = select.build(crate::dialect::BUILDER);
                assert!(sql.len() < 200_000, "{open}: {}", sql.len());
            }
            Err(e) => assert!(e.zh.contains("太复杂"), "{}", e.zh),
        }
    }
}
