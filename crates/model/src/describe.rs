//! How the API's document describes what serde writes flat: kinds with their settings, checks with theirs.

use crate::{Check, ChoiceOption, FieldKind, TONES};
use std::borrow::Cow;
use utoipa::openapi::schema::{ArrayBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Object, ObjectBuilder, Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

type Named = Vec<(String, RefOr<Schema>)>;

fn of(kind: Type, says: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::Type(kind)).description(Some(says))
}

fn named(values: impl IntoIterator<Item = &'static str>, says: &str) -> Object {
    of(Type::String, says).enum_values(Some(values)).build()
}

impl PartialSchema for FieldKind {
    fn schema() -> RefOr<Schema> {
        let options = ArrayBuilder::new().items(Ref::from_schema_name(ChoiceOption::name()));
        ObjectBuilder::new()
            .description(Some("What a field holds: its kind, and what that kind needs to know besides."))
            .property("kind", Ref::from_schema_name("FieldKind"))
            .required("kind")
            .property(
                "decimals",
                of(Type::Integer, "`number`: decimals shown; 0 means whole numbers.").minimum(Some(0)),
            )
            .property("unit", of(Type::String, "`number`: what is counted, shown behind the number."))
            .property("options", options.description(Some("`choice`, `choices`: the list, in its order.")))
            .property("table", of(Type::String, "`link`, `links`, `backlinks`: the other table."))
            .property("field", of(Type::String, "`backlinks`: the link field in the other table."))
            .property("images", of(Type::Boolean, "`attachment`: pictures only."))
            .property("max", of(Type::Integer, "`rating`: the most stars.").minimum(Some(1)))
            .property("pattern", of(Type::String, "`code`: such as `DD{yyyyMMdd}-{000}`."))
            .into()
    }
}

impl ToSchema for FieldKind {
    fn name() -> Cow<'static, str> {
        "KindSettings".into()
    }

    fn schemas(schemas: &mut Named) {
        let kinds: Vec<&str> = Self::all().iter().map(Self::name).collect();
        schemas.push(("FieldKind".into(), named(kinds, "The name of a kind of field.").into()));
        schemas.push((ChoiceOption::name().into(), ChoiceOption::schema()));
        ChoiceOption::schemas(schemas);
    }
}

impl PartialSchema for Check {
    fn schema() -> RefOr<Schema> {
        let bound = |says: &str| {
            let both = SchemaType::Array(vec![Type::String, Type::Integer]);
            ObjectBuilder::new().schema_type(both).description(Some(says))
        };
        ObjectBuilder::new()
            .description(Some("What a rule checks, and what the check needs to know."))
            .property("check", Ref::from_schema_name("CheckName"))
            .required("check")
            .property("pattern", of(Type::String, "`pattern`: a regular expression the whole content matches."))
            .property("min", bound("`range`: text as a person writes it (`1.2万`, `今天`); `length`: an integer."))
            .property("max", bound("As `min`."))
            .property("formula", of(Type::String, "`expression`: what must be true."))
            .into()
    }
}

impl ToSchema for Check {
    fn schemas(schemas: &mut Named) {
        schemas.push(("CheckName".into(), named(Check::NAMES, "The name of a check.").into()));
    }
}

/// One of [`TONES`].
pub struct Tone;

impl PartialSchema for Tone {
    fn schema() -> RefOr<Schema> {
        named(TONES, "The tone of a badge.").into()
    }
}

impl ToSchema for Tone {}
