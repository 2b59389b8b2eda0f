//! A description of the endpoint in OpenAPI 3.1, made from the handler's types.
//!
//! ```
//! use online_contact::openapi::{describe, utoipa};
//!
//! # mod model {
//! use online_contact::openapi::utoipa;
//!
//! #[derive(utoipa::ToSchema)]
//! #[schema(rename_all = "camelCase")]
//! # pub
//! struct Query {
//!     call_num: String,
//!     nation: Option<String>,
//! }
//!
//! #[derive(utoipa::ToSchema)]
//! #[schema(rename_all = "camelCase")]
//! # pub
//! struct Customer {
//!     user_name: String,
//! }
//! # }
//! # use model::{Customer, Query};
//!
//! // Serve it with axum as `Json(document)`, or write it to a file.
//! let document = describe::<Query, Customer>("Customer lookup", "/customer");
//! let json = serde_json::to_value(&document)?;
//! assert_eq!(json["openapi"], "3.1.0");
//! assert!(json["paths"]["/customer"]["post"]["requestBody"]["required"].as_bool().unwrap());
//! # Ok::<(), serde_json::Error>(())
//! ```

use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::path::{HttpMethod, OperationBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{
    ComponentsBuilder, Object, ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type,
};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Content, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, Ref, RefOr, Required,
    Response, ResponseBuilder,
};

use crate::envelope::status::Status;

pub use utoipa;

/// The scheme of `Authorization` in the document.
const SIGNATURE: &str = "signature";
/// The scheme of `X-TC-Timestamp`.
const TIMESTAMP: &str = "timestamp";
/// The component of the error envelope.
const FAILURE: &str = "OnlineContactFailure";

/// Describes a lookup: `POST path` takes a `Q` and answers a `T` in Online Contact's envelope.
///
/// Both signed headers are security schemes that apply together; every status is there with what the
/// agent sees for it.
#[must_use]
pub fn describe<Q: ToSchema, T: ToSchema>(title: &str, path: &str) -> OpenApi {
    let mut schemas = vec![(Q::name().into_owned(), Q::schema())];
    schemas.push((T::name().into_owned(), T::schema()));
    Q::schemas(&mut schemas);
    T::schemas(&mut schemas);
    schemas.push((FAILURE.to_owned(), RefOr::T(failure().into())));

    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .security_scheme(SIGNATURE, header_scheme("Authorization", SIGNATURE_TEXT))
        .security_scheme(TIMESTAMP, header_scheme("X-TC-Timestamp", TIMESTAMP_TEXT))
        .build();
    let both: [String; 0] = [];
    let security = SecurityRequirement::new(SIGNATURE, both.clone()).add(TIMESTAMP, both);

    let body = RequestBodyBuilder::new()
        .description(Some("The lookup items of the API's settings in Online Contact."))
        .content("application/json", Content::new(Some(component::<Q>())))
        .required(Some(Required::True))
        .build();
    let mut operation = OperationBuilder::new()
        .operation_id(Some("lookup"))
        .summary(Some("Called by Online Contact while an agent talks to a customer."))
        .security(security)
        .request_body(Some(body));
    for &status in Status::ALL {
        operation = operation.response(status.to_string(), response::<T>(status));
    }

    OpenApiBuilder::new()
        .info(InfoBuilder::new().title(title).version(env!("CARGO_PKG_VERSION")).build())
        .paths(PathsBuilder::new().path(path, PathItem::new(HttpMethod::Post, operation)).build())
        .components(Some(components))
        .build()
}

const SIGNATURE_TEXT: &str = "Base64 of the HMAC-SHA256 of the request body followed by \
    X-TC-Timestamp, under the security key (암호화 키).";
const TIMESTAMP_TEXT: &str =
    "Milliseconds since 1970, UTC, decimal; within 5 minutes of the server's time.";

fn header_scheme(name: &str, description: &str) -> SecurityScheme {
    SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(name, description)))
}

fn component<T: ToSchema>() -> RefOr<Schema> {
    RefOr::Ref(Ref::from_schema_name(T::name()))
}

fn response<T: ToSchema>(status: Status) -> Response {
    let schema = match status {
        Status::Success => object([("data", component::<T>())]).into(),
        _ => RefOr::Ref(Ref::from_schema_name(FAILURE)),
    };
    let agent = format!(
        "The agent sees: {} ({})",
        status.agent_message(),
        status.agent_message_en().trim_end_matches('.')
    );
    ResponseBuilder::new()
        .description(agent)
        .content("application/json", Content::new(Some(schema)))
        .build()
}

/// The error envelope. The code may be a string or a number, and the detail is always there.
fn failure() -> Object {
    let code = OneOfBuilder::new().item(scalar(Type::String)).item(scalar(Type::Integer));
    let detail =
        ObjectBuilder::new().schema_type(SchemaType::Array(vec![Type::String, Type::Null])).build();
    let error = object([
        ("code", RefOr::T(code.build().into())),
        ("message", RefOr::T(scalar(Type::String).into())),
        ("detail", RefOr::T(detail.into())),
    ]);
    let mut envelope = object([("error", RefOr::T(error.into()))]);
    envelope.examples = vec![json!({
        "error": { "code": 911, "message": "Not existing user.", "detail": null }
    })];
    envelope
}

fn scalar(kind: Type) -> Object {
    ObjectBuilder::new().schema_type(kind).build()
}

/// An object that has all of these.
fn object<const N: usize>(properties: [(&str, RefOr<Schema>); N]) -> Object {
    let object = ObjectBuilder::new().schema_type(Type::Object);
    let with = |object: ObjectBuilder, (name, schema): (&str, RefOr<Schema>)| {
        object.property(name, schema).required(name)
    };
    properties.into_iter().fold(object, with).build()
}
