//! The OpenAPI 3.1 description of `/v1`, from the same table the router is built from.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::client::Scope;
use super::problem::{self, Kind};
use super::routes::{ROUTES, RouteInfo, SchemaOf};

/// Where the document keeps its schemas.
const SCHEMAS: &str = "/components/schemas";

/// The document; `portico openapi` prints it.
#[must_use]
pub fn openapi() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = SCHEMAS.into();
        settings.meta_schema = None;
    });
    // What is read may leave out what has a default; what is written never does.
    let mut told = settings.clone().for_serialize().into_generator();
    let mut taken = settings.for_deserialize().into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES {
        let operation = operation(route, &mut told, &mut taken);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.to_ascii_lowercase()] = operation;
    }
    let mut schemas = told.take_definitions(true);
    schemas.extend(taken.take_definitions(true).into_iter().filter(|(name, _)| !name.ends_with("Query")));
    schemas.insert("Problem".to_owned(), problem_schema());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Portico /v1",
            "version": "1",
            "description": "What account systems read and tell. What a client may not see is 404. Every read of personal \
                            data is recorded before a byte leaves. Fields and codes are only added within /v1.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": {
                "type": "http",
                "scheme": "bearer",
                "description": format!("A client's token. Scopes: {}.", scopes()),
            } },
        },
    })
}

fn scopes() -> String {
    Scope::ALL.iter().map(|scope| format!("`{}`", scope.as_str())).collect::<Vec<_>>().join(", ")
}

fn operation(route: &RouteInfo, told: &mut SchemaGenerator, taken: &mut SchemaGenerator) -> Value {
    let answer = match route.answers {
        Some(schema) => schema(told).to_value(),
        None if route.answers_with == "application/json" => json!({ "type": "object" }),
        None => json!({}),
    };
    let mut operation = json!({
        "operationId": operation_id(route),
        "summary": route.summary,
        "parameters": parameters(route, taken),
        "responses": {
            "200": { "description": "Done", "content": { route.answers_with: { "schema": answer } } },
            "default": {
                "description": "What went wrong; see /v1/problems",
                "content": { problem::CONTENT_TYPE: { "schema": { "$ref": format!("#{SCHEMAS}/Problem") } } },
            },
        },
    });
    if let Some(scope) = route.scope {
        operation["description"] = json!(format!("Needs the scope `{}`.", scope.as_str()));
        operation["x-scope"] = json!(scope);
    }
    if let Some(schema) = route.takes {
        operation["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": schema(taken) } } });
    }
    operation
}

/// `getCasesEvidence`: the method and the nouns of the path; what names one thing ends in `One`.
fn operation_id(route: &RouteInfo) -> String {
    let nouns = route.path.split(['/', '-', '.']).skip(2).filter(|part| !part.is_empty());
    let mut id = route.method.to_ascii_lowercase();
    for part in nouns {
        let noun = if part.starts_with('{') { "One" } else { part };
        let (first, rest) = noun.split_at(1);
        id.push_str(&first.to_ascii_uppercase());
        id.push_str(rest);
    }
    id
}

fn parameters(route: &RouteInfo, taken: &mut SchemaGenerator) -> Vec<Value> {
    let named = route.path.split(['{', '}']).skip(1).step_by(2);
    let mut parameters: Vec<Value> = named
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    if let Some(query) = route.query {
        parameters.extend(query_parameters(query, taken));
    }
    if route.idempotent {
        parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "required": true,
            "description": "Kept 30 days a client: the same body gets the first answer, another body 422, and while the \
                            first is still running 409.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 200 },
        }));
    }
    parameters
}

/// One parameter for each property of the query's struct.
fn query_parameters(query: SchemaOf, taken: &mut SchemaGenerator) -> Vec<Value> {
    let reference = query(taken).to_value();
    let name = reference["$ref"].as_str().and_then(|path| path.rsplit('/').next()).unwrap_or_default().to_owned();
    let properties = taken.definitions().get(&name).and_then(|schema| schema["properties"].as_object()).cloned();
    properties
        .unwrap_or_default()
        .into_iter()
        .map(|(name, mut schema)| {
            let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
            // A parameter that is not given is no null.
            if schema["type"] == json!(["string", "null"]) {
                schema["type"] = json!("string");
            }
            let mut parameter = json!({ "name": name, "in": "query", "required": false, "schema": schema });
            if let Some(description) = description {
                parameter["description"] = description;
            }
            parameter
        })
        .collect()
}

fn problem_schema() -> Value {
    let names: Vec<String> =
        Kind::ALL.iter().map(|kind| format!("https://portico.example/problems/{}", kind.name())).collect();
    json!({
        "type": "object",
        "description": "RFC 9457. `type` is stable; `instance` finds the log line.",
        "required": ["type", "title", "status", "detail", "instance"],
        "properties": {
            "type": { "type": "string", "enum": names },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "instance": { "type": "string" },
        },
        "additionalProperties": true,
    })
}
