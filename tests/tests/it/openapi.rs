//! The generated description is a valid OpenAPI 3.1 document, by the OpenAPI Initiative's own schema.

use online_contact::Status;
use online_contact::openapi::{describe, utoipa};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// The lookup items.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its shape matters")]
struct Query {
    call_num: String,
    nation: Option<String>,
}

/// The result.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its shape matters")]
struct Customer {
    user_name: String,
    orders: Vec<Order>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only its shape matters")]
struct Order {
    id: String,
}

fn document() -> Value {
    serde_json::to_value(describe::<Query, Customer>("Customer lookup", "/customer")).unwrap()
}

/// <https://spec.openapis.org/oas/3.1/schema>, as published.
fn published_schema() -> jsonschema::Validator {
    let schema = serde_json::from_str(include_str!("../../schemas/openapi-3.1.json")).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

#[test]
fn the_document_is_valid() {
    let errors: Vec<_> = published_schema()
        .iter_errors(&document())
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_validator_finds_faults() {
    let schema = published_schema();
    let mut broken = document();
    broken["paths"]["/customer"]["post"]["responses"]["200"] = json!({"content": 1});
    assert!(!schema.is_valid(&broken));
    assert!(!schema.is_valid(&json!({"openapi": "3.1.0"})));
}

#[test]
fn every_status_is_there_with_what_the_agent_sees() {
    let document = document();
    let responses = &document["paths"]["/customer"]["post"]["responses"];
    assert_eq!(responses.as_object().unwrap().len(), Status::ALL.len());
    for status in Status::ALL {
        let text = responses[status.to_string()]["description"].as_str().unwrap();
        assert!(text.contains(status.agent_message()), "{status}: {text}");
    }
}

#[test]
fn both_headers_apply_together() {
    let document = document();
    let security = &document["paths"]["/customer"]["post"]["security"];
    assert_eq!(*security, json!([{"signature": [], "timestamp": []}]));
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!(schemes["signature"]["name"], "Authorization");
    assert_eq!(schemes["timestamp"]["name"], "X-TC-Timestamp");
}

#[test]
fn every_reference_has_its_component() {
    let document = document();
    let text = document.to_string();
    let references = text.split("\"$ref\":\"#").skip(1).map(|rest| rest.split('"').next().unwrap());
    let mut count = 0;
    for reference in references {
        assert!(document.pointer(reference).is_some(), "{reference}");
        count += 1;
    }
    assert!(count >= 7, "{count}");
}

/// The error component takes what `Failure` writes, and nothing less.
#[test]
fn the_error_component_describes_failures() {
    let mut schema = document()["components"]["schemas"]["OnlineContactFailure"].take();
    schema.as_object_mut().unwrap().remove("examples");
    let schema = jsonschema::validator_for(&schema).unwrap();
    for failure in [
        online_contact::Failure::no_result(911, "Not existing user."),
        online_contact::Failure::server_error("50010", "broken").with_detail("more"),
    ] {
        assert!(schema.is_valid(&serde_json::from_slice(&failure.to_json()).unwrap()));
    }
    assert!(!schema.is_valid(&json!({"error": {"code": 911, "message": "no detail"}})));
}
