//! The API's document says what the server does: it is whole, and answers are of its schemas.

use serde_json::{Value, json};
use std::collections::BTreeSet;

mod site;

use site::Site;

fn document() -> Value {
    server::document().unwrap()
}

/// Every `$ref` of a value.
fn refs<'a>(value: &'a Value, out: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(r)) = map.get("$ref") {
                out.insert(r);
            }
            map.values().for_each(|v| refs(v, out));
        }
        Value::Array(list) => list.iter().for_each(|v| refs(v, out)),
        _ => {}
    }
}

#[test]
fn the_document_is_whole() {
    let doc = document();
    assert_eq!(doc["openapi"], "3.1.0");
    let mut named = BTreeSet::new();
    refs(&doc, &mut named);
    let schemas = doc["components"]["schemas"].as_object().unwrap();
    for r in &named {
        let name = r.strip_prefix("#/components/schemas/").unwrap();
        assert!(schemas.contains_key(name), "{name} is named and not described");
    }
    for name in schemas.keys() {
        assert!(named.contains(&*format!("#/components/schemas/{name}")), "{name} is described and never named");
    }
    let mut ids = BTreeSet::new();
    for (path, operations) in doc["paths"].as_object().unwrap() {
        for (method, o) in operations.as_object().unwrap() {
            let id = o["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id} names two operations");
            assert!(o["summary"].as_str().is_some_and(|s| s.len() > 5), "{method} {path} has no summary");
            assert!(o["responses"]["default"].is_object());
            let tag = &o["tags"][0];
            assert!(doc["tags"].as_array().unwrap().iter().any(|t| t["name"] == *tag), "{id}: {tag}");
            let taken = o["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "path").count();
            assert_eq!(taken, path.matches('{').count(), "{method} {path} names its parameters");
        }
    }
}

#[test]
fn the_types_of_the_page_are_made_from_this_document() {
    use sha2::{Digest, Sha256};
    let text = format!("{:#}", document());
    let digest: String = Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
    let types = include_str!("../../../web/src/api/generated.ts");
    assert!(types.contains(&digest), "web/src/api/generated.ts is stale: run `make types`");
}

/// Whether a value is of a schema: the part of JSON Schema the document uses.
fn fits(doc: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    if let Some(r) = schema["$ref"].as_str() {
        let name = r.rsplit('/').next().unwrap();
        return fits(doc, &doc["components"]["schemas"][name], value).map_err(|e| format!("{name}: {e}"));
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        fits(doc, part, value)?;
    }
    for word in ["anyOf", "oneOf"] {
        let Some(parts) = schema[word].as_array() else { continue };
        let n = parts.iter().filter(|p| fits(doc, p, value).is_ok()).count();
        if n == 0 || (word == "oneOf" && n > 1) {
            return Err(format!("{value} fits {n} of {word} {schema}"));
        }
    }
    let name = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(n) if n.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is = |t: &Value| *t == name || (*t == "number" && name == "integer");
    match &schema["type"] {
        Value::Array(types) if !types.iter().any(is) => return Err(format!("{value} is not one of {types:?}")),
        t @ Value::String(_) if !is(t) => return Err(format!("{value} is no {t}")),
        _ => {}
    }
    if let Some(values) = schema["enum"].as_array()
        && !values.contains(value)
    {
        return Err(format!("{value} is not in {values:?}"));
    }
    match value {
        Value::Object(map) => object(doc, schema, map),
        Value::Array(list) => {
            let first = schema["prefixItems"].as_array().map_or(&[][..], Vec::as_slice);
            for (i, v) in list.iter().enumerate() {
                let of = first.get(i).unwrap_or(&schema["items"]);
                fits(doc, of, v).map_err(|e| format!("[{i}]: {e}"))?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn object(doc: &Value, schema: &Value, map: &serde_json::Map<String, Value>) -> Result<(), String> {
    for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !map.contains_key(key) {
            return Err(format!("“{key}” is missing in {map:?}"));
        }
    }
    for (key, v) in map {
        let of = match &schema["properties"][key] {
            Value::Null => &schema["additionalProperties"],
            of => of,
        };
        if *of == false {
            return Err(format!("“{key}” is not described"));
        }
        fits(doc, of, v).map_err(|e| format!("{key}: {e}"))?;
    }
    Ok(())
}

/// Calls an operation as the owner; the answer is of the schema of its status.
async fn call(site: &Site, doc: &Value, id: &str, path: &str, body: Option<Value>) -> Value {
    let (method, operation) = doc["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|o| o.as_object().unwrap())
        .find(|(_, o)| o["operationId"] == *id)
        .unwrap_or_else(|| panic!("no operation {id}"));
    if let Some(body) = &body {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        fits(doc, schema, body).unwrap_or_else(|e| panic!("{id}, its body: {e}"));
    }
    let (status, answer) = site.call("owner", &method.to_uppercase(), path, body).await;
    let responses = &operation["responses"];
    let response =
        if responses[status.as_str()].is_null() { &responses["default"] } else { &responses[status.as_str()] };
    let schema = &response["content"]["application/json"]["schema"];
    fits(doc, schema, &answer).unwrap_or_else(|e| panic!("{id} {status}: {e}"));
    assert!(schema.is_object() || answer.is_null(), "{id} answers what is not described: {answer}");
    answer
}

#[tokio::test]
async fn answers_are_of_their_schemas() {
    let (site, doc) = (Site::new(), document());
    let go = async |id: &str, path: &str, body: Option<Value>| call(&site, &doc, id, path, body).await;
    go("openapi", "/openapi.json", None).await;
    let started = go("makeDemo", "/demo", Some(json!({ "customers": 60, "orders": 200 }))).await;
    site.job(&started).await;
    go("job", &format!("/jobs/{}", started["job"].as_str().unwrap()), None).await;
    for (id, path) in [
        ("status", "/status"),
        ("schema", "/schema"),
        ("functions", "/functions"),
        ("members", "/members"),
        ("places", "/places"),
        ("savedViews", "/tables/customers/saved"),
        ("fieldValues", "/tables/customers/fields/grade/values"),
        ("fieldValues", "/tables/customers/fields/tags/values"),
        ("changes", "/changes"),
        ("trash", "/trash?table=customers"),
        ("pastImports", "/imports"),
        ("overview", "/charts/overview"),
        ("card", "/customers/1/card"),
        ("timeline", "/customers/1/timeline"),
        ("timeline", "/customers/1/timeline?kinds=order&limit=1"),
        ("timeline", "/customers/1/timeline?kinds=nothing"),
        ("record", "/tables/orders/records/1"),
        ("record", "/tables/customers/records/999999"),
    ] {
        go(id, path, None).await;
    }
    let (_, import) = site.upload(&[("客户.csv", "姓名,手机,没有的\n甲,13800138000,\n乙,x,\n".as_bytes())]).await;
    fits(&doc, &json!({ "$ref": "#/components/schemas/Import" }), &import).unwrap();
    let path = format!("/imports/{}", import["import"].as_str().unwrap());
    let plan = json!({ "match": "mobile", "sheets": [{ "index": 0, "columns": [{ "index": 0 }] }] });
    go("planImport", &path, Some(plan)).await;
    let started = go("checkImport", &format!("{path}/check"), None).await;
    site.job(&started).await;
    let job = go("job", &format!("/jobs/{}", started["job"].as_str().unwrap()), None).await;
    fits(&doc, &json!({ "$ref": "#/components/schemas/Report" }), &job["result"]).unwrap();
    let columns: Vec<Value> = site.ok("GET", "/schema", None).await["tables"][0]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["key"].clone())
        .collect();
    let wanted = json!({ "table": "customers", "columns": columns, "sort": [{ "field": "total", "desc": true }],
        "filter": { "all": [{ "any": [{ "field": "total", "op": "gt", "values": [0] }] }] } });
    let view = go("openView", "/views", Some(wanted)).await;
    let grouped = json!({ "table": "customers", "columns": ["name"], "figures": ["total", "name"],
        "group": [{ "field": "grade" }, { "field": "last_order", "by": "year", "desc": true }],
        "colours": [{ "formula": "[@累计金额]>1000" }, { "filter": { "field": "name", "op": "filled" } }] });
    go("openView", "/views", Some(grouped)).await;
    let view = view["view"].as_str().unwrap();
    go("viewRows", &format!("/views/{view}/rows?offset=3&limit=9"), None).await;
    go("viewSummary", &format!("/views/{view}/summary?distinct=grade"), None).await;
    go("checkFormula", "/tables/customers/formula/check", Some(json!({ "formula": "[@总金额]*2" }))).await;
    go("checkFormula", "/tables/customers/formula/check", Some(json!({ "formula": "[@没有]" }))).await;
    go("marks", "/tables/customers/marks", Some(json!({ "ids": [1, 2] }))).await;

    let field = json!({ "label": "尺码", "kind": "choice", "options": [{ "value": "大", "en": "L", "tone": "red" }],
        "rules": [{ "check": "in_list", "level": "warn" }] });
    let field = go("addField", "/tables/customers/fields", Some(field)).await["field"]["key"].clone();
    let path = format!("/tables/customers/fields/{}", field.as_str().unwrap());
    go("changeField", &path, Some(json!({ "label": { "zh": "号", "en": "Size" }, "description": null }))).await;
    let convert = json!({ "to": { "kind": "text" }, "preview": true });
    go("convertField", &format!("{path}/convert"), Some(convert)).await;
    let made = json!({ "records": [{ "name": "甲", "mobile": { "text": "138 0013 8000" }, "tags": ["a", "b"] }] });
    let id = go("createRecords", "/tables/customers/records", Some(made)).await["ids"][0].as_i64().unwrap();
    let cells = json!({ "cells": [{ "id": id, "field": "stated_total", "value": { "text": "1.2万" } },
        { "id": id, "field": field, "value": "别的" }] });
    let edited = go("patchCells", "/tables/customers/records", Some(cells)).await;
    assert_eq!(edited["notes"].as_array().map(Vec::len), Some(1), "{edited}");
    let note = json!({ "text": "明天下午电话 确认尺码", "preview": true, "without": ["way"] });
    go("addNote", &format!("/customers/{id}/notes"), Some(note)).await;
    go("addNote", &format!("/customers/{id}/notes"), Some(json!({ "text": "昨天来店里 看了两款" }))).await;
    let found = go("timeline", &format!("/customers/{id}/timeline"), None).await;
    assert_eq!(found["entries"].as_array().map(Vec::len), Some(3), "{found}");
    let wrong = json!({ "cells": [{ "id": id, "field": "stated_total", "value": "x" }] });
    assert_eq!(go("patchCells", "/tables/customers/records", Some(wrong)).await["error"]["code"], "invalid");
    let rows = json!({ "partial": true, "records": [{ "name": "乙" }, { "name": 1 }] });
    go("createRecords", "/tables/customers/records", Some(rows)).await;
    go("deleteRecords", "/tables/customers/records", Some(json!({ "ids": [999_999], "partial": true }))).await;
    go("records", "/tables/customers/records?limit=2&sort=-total", None).await;
    let token = go("makeToken", "/tokens", Some(json!({ "name": "t", "scope": "read", "days": 3 }))).await;
    go("tokens", "/tokens", None).await;
    go("revokeToken", &format!("/tokens/{}", token["token"]["id"].as_str().unwrap()), None).await;
    go("history", &format!("/tables/customers/records/{id}/history"), None).await;
    let moment = json!({ "change": edited["change"], "preview": true });
    go("setBack", &format!("/tables/customers/records/{id}/restore"), Some(moment.clone())).await;
    go("change", &format!("/changes/{}", edited["change"]), None).await;
    go("undoLast", "/undo", None).await;
    go("redoLast", "/redo", None).await;
    go("undo", &format!("/changes/{}/undo?keep=true", edited["change"]), None).await;
    let form = json!({ "fields": [{ "field": "name", "required": true }, { "field": "gender" }], "consent": "同意" });
    let form = json!({ "name": "登记", "kind": { "form": form } });
    let form = go("saveView", "/tables/customers/saved", Some(form)).await["id"].clone();
    let entry = json!({ "values": { "name": { "text": "甲" }, "gender": "女" }, "consent": "同意" });
    go("enterForm", &format!("/saved/{form}/entries"), Some(entry)).await;
    go("enterForm", &format!("/saved/{form}/entries"), Some(json!({ "values": {} }))).await;
    let shared = go("makeLink", &format!("/saved/{form}/links"), Some(json!({ "kind": "form" }))).await;
    go("links", "/links", None).await;
    let public = format!("/forms/{}", shared["path"].as_str().unwrap().trim_start_matches("/f/"));
    go("publicForm", &public, None).await;
    let sent = json!({ "values": { "name": "乙" }, "consent": "同意", "homepage": "" });
    go("sendForm", &public, Some(sent)).await;
    go("sendForm", &public, Some(json!({ "values": { "gender": ["别的"] } }))).await;
    go("consents", "/tables/customers/consents", None).await;
    go("changes", "/changes", None).await;
    let saved = json!({ "name": "我的", "sort": [{ "field": "total" }], "summaries": { "total": "sum" },
        "group": [{ "field": "grade" }], "colours": [{ "when": { "formula": "1=1" }, "tone": "red" }] });
    let saved = go("saveView", "/tables/customers/saved", Some(saved)).await["id"].clone();
    go("changeView", &format!("/saved/{saved}"), Some(json!({ "name": "新名" }))).await;
    go("deleteView", &format!("/saved/{saved}"), None).await;
    go("deleteRecords", "/tables/customers/records", Some(json!({ "ids": [id] }))).await;
    go("trash", "/trash?table=customers", None).await;
    go("restore", "/trash/restore", Some(json!({ "records": [{ "table": "customers", "id": id }] }))).await;
    go("removeField", &path, None).await;
    go("removeDemo", "/demo", None).await;
}
