//! The API's document, in OpenAPI 3.1, made from the routes themselves.

use crate::error::ErrorAnswer;
use crate::shapes;
use axum::Json;
use model::{Error, Result};
use serde_json::{Value, json};
use std::sync::LazyLock;
use utoipa::openapi::OpenApi;
use utoipa::{PartialSchema, ToSchema};

/// What stands at the head of the document.
const ABOUT: &str = "Everything the page does, for programs. Make a token in the page under “API 与链接 · API and links”, \
    or with `kebu token create`, and send it as `Authorization: Bearer <token>`.\n\n\
    `Accept-Language` (`zh-CN` or `en`) chooses the language of messages. Errors are one schema, `ErrorAnswer`, on \
    every operation. Money is in 分, times are of the wall clock in the book's zone and carry none.";

/// The parts of the API.
const TAGS: [(&str, &str); 15] = [
    ("session", "Set-up, log-in, log-out"),
    ("schema", "Tables, fields, formulas"),
    ("files", "Contents of attachment cells"),
    ("views", "Views of the page, open and saved"),
    ("records", "Records"),
    ("comments", "Comments on cells and records, and mentions in them"),
    ("changes", "The change log, undo, the recycle bin"),
    ("imports", "Files in, demonstration data"),
    ("templates", "Ways of working that a book can take up"),
    ("jobs", "Long work"),
    ("charts", "Figures"),
    ("live", "What others do meanwhile"),
    ("links", "Secret addresses of saved views: live links and public forms"),
    ("forms", "Entering records through forms, and the consents given"),
    ("access", "API tokens"),
];

/// Operations anybody may call.
const OPEN: [&str; 7] = ["status", "setUp", "logIn", "openapi", "feed", "publicForm", "sendForm"];

/// The document as JSON.
///
/// # Errors
/// When it cannot be written, which the tests rule out.
pub fn document() -> Result<Value> {
    let (_, made) = crate::app::api().split_for_parts();
    complete(made).map_err(Error::internal)
}

/// Adds what is the same for every operation, and the schemas that are written by hand.
fn complete(made: OpenApi) -> serde_json::Result<Value> {
    let mut doc = serde_json::to_value(made)?;
    doc["info"] = json!({
        "title": "Kebu 客簿", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT,
        "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
    });
    doc["servers"] = json!([{ "url": "/api/v1" }]);
    doc["tags"] = TAGS.iter().map(|(name, says)| json!({ "name": name, "description": says })).collect();
    doc["security"] = json!([{ "token": [] }, { "session": [] }]);
    doc["components"]["securitySchemes"] = json!({
        "token": { "type": "http", "scheme": "bearer" },
        "session": { "type": "apiKey", "in": "cookie", "name": "kebu_session" },
    });
    let mut errors = Vec::new();
    ErrorAnswer::schemas(&mut errors);
    errors.push((ErrorAnswer::name().into(), ErrorAnswer::schema()));
    for (name, schema) in errors {
        doc["components"]["schemas"][name] = serde_json::to_value(schema)?;
    }
    for (name, schema) in shapes::written() {
        doc["components"]["schemas"][name] = schema;
    }
    doc["components"]["schemas"]["SavedDef"]["properties"]["filter"] = json!({ "$ref": "#/components/schemas/Filter" });
    doc["components"]["schemas"]["ColourWhen"]["oneOf"][1]["properties"]["filter"] =
        json!({ "$ref": "#/components/schemas/Filter" });
    doc["components"]["schemas"]["RecordGroup"]["properties"]["value"] =
        json!({ "$ref": "#/components/schemas/Value" });
    // A column that is left out has none of the parts of a target.
    doc["components"]["schemas"]["SheetTarget"]["required"] = json!([]);
    doc["components"]["schemas"]["SheetColumn"]["allOf"][0] = json!({ "$ref": "#/components/schemas/SheetTarget" });
    open_parts(&mut doc["components"]["schemas"]);
    say_absent(&mut doc["components"]["schemas"]);
    for path in doc["paths"].as_object_mut().into_iter().flatten() {
        for operation in path.1.as_object_mut().into_iter().flatten().map(|(_, o)| o) {
            operation["responses"]["default"] = json!({
                "description": "An error.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/ErrorAnswer" } } },
            });
            if OPEN.iter().any(|id| operation["operationId"] == **id) {
                operation["security"] = json!([]);
            }
        }
    }
    Ok(doc)
}

/// A schema that others take parts from cannot forbid what they add.
fn open_parts(schemas: &mut Value) {
    let parts = |s: &Value| -> Vec<String> {
        let named = s["allOf"].as_array().into_iter().flatten().filter_map(|p| p["$ref"].as_str()?.rsplit('/').next());
        named.map(str::to_owned).collect()
    };
    let parts: Vec<String> = schemas.as_object().into_iter().flatten().flat_map(|(_, s)| parts(s)).collect();
    for name in parts {
        if let Some(part) = schemas[name].as_object_mut() {
            part.remove("additionalProperties");
        }
    }
}

/// Where null takes something away; elsewhere what is absent is left out, never null.
const TAKEN_AWAY: [(&str, &str); 3] =
    [("TableChange", "description"), ("FieldChange", "description"), ("FieldChange", "default")];

/// Takes null from the properties that may be left out.
fn say_absent(schemas: &mut Value) {
    for (name, schema) in schemas.as_object_mut().into_iter().flatten() {
        without_null(name, schema);
        let parts = schema.get_mut("allOf").and_then(Value::as_array_mut);
        parts.into_iter().flatten().for_each(|part| without_null(name, part));
    }
}

fn without_null(name: &str, schema: &mut Value) {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    for (key, property) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        if required.iter().any(|r| r == key) || TAKEN_AWAY.contains(&(name, key)) {
            continue;
        }
        if let Some(types) = property.get_mut("type").and_then(Value::as_array_mut) {
            types.retain(|t| t != "null");
            if let [only] = &types[..] {
                property["type"] = only.clone();
            }
        }
        let others = property.get("oneOf").and_then(Value::as_array).filter(|p| p.len() == 2);
        let other = others.and_then(|p| p.iter().find(|p| p["type"] != "null" && p.get("$ref").is_some()).cloned());
        if let Some(other) = other {
            let says = property.get("description").cloned();
            *property = other;
            if let Some(says) = says {
                property["description"] = says;
            }
        }
    }
}

static DOCUMENT: LazyLock<Result<Value>> = LazyLock::new(document);

/// This document.
#[utoipa::path(
    get, path = "/openapi.json", tag = "schema", operation_id = "openapi",
    responses((status = 200, description = "OpenAPI 3.1.", body = Object)),
)]
pub(crate) async fn openapi() -> crate::error::ApiResult<Json<&'static Value>> {
    Ok(Json(DOCUMENT.as_ref().map_err(Clone::clone)?))
}
