use std::collections::HashMap;

use envoy_types::pb::envoy::config::core::v3::header_value_option::HeaderAppendAction;
use envoy_types::pb::envoy::config::core::v3::{HeaderValue, HeaderValueOption};
use envoy_types::pb::envoy::service::auth::v3::check_response::HttpResponse;
use envoy_types::pb::envoy::service::auth::v3::{
    CheckResponse, DeniedHttpResponse, OkHttpResponse,
};
use envoy_types::pb::envoy::r#type::v3::HttpStatus;
use envoy_types::pb::google::protobuf::value::Kind;
use envoy_types::pb::google::protobuf::{Struct, Value};
use envoy_types::pb::google::rpc;
use online_contact::{ENVELOPE_CONTENT_TYPE, Failure, Verified};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use tonic::Code;

use crate::incoming::Incoming;

/// The header that carries [`Verified::key_label`] to the upstream, percent-encoded.
pub const KEY_LABEL_HEADER: &str = "x-oc-key-label";

/// The header that carries [`Verified::tenant`] to the upstream, percent-encoded. Absent if the keys are
/// not looked up by tenant.
pub const TENANT_HEADER: &str = "x-oc-tenant";

/// All that a header value cannot carry as it is, and the percent sign itself.
const NOT_IN_HEADER: &AsciiSet = &CONTROLS.add(b'%');

/// Passes a request, with what was verified of it in headers and in Envoy's dynamic metadata.
pub(crate) fn allowed(verified: &Verified, incoming: &Incoming) -> CheckResponse {
    let mut headers = vec![header(KEY_LABEL_HEADER, encoded(verified.key_label()))];
    headers.extend(verified.tenant().map(|tenant| header(TENANT_HEADER, encoded(tenant))));
    let headers_to_remove = incoming
        .header_names()
        .filter(|name| is_ours(name) && !headers.iter().any(|option| is_named(option, name)))
        .map(str::to_owned)
        .collect();
    CheckResponse {
        status: Some(rpc::Status { code: Code::Ok.into(), ..Default::default() }),
        dynamic_metadata: Some(metadata(verified)),
        http_response: Some(HttpResponse::OkResponse(OkHttpResponse {
            headers,
            headers_to_remove,
            ..Default::default()
        })),
    }
}

/// Rejects a request with an envelope, or with a gRPC response that ends with its headers.
pub(crate) fn denied(failure: &Failure, is_grpc: bool) -> CheckResponse {
    failure.log();
    let denied = if is_grpc {
        DeniedHttpResponse {
            status: Some(HttpStatus { code: 200 }),
            headers: [("content-type", "application/grpc".to_owned())]
                .into_iter()
                .chain(failure.grpc_headers())
                .map(|(name, value)| header(name, value))
                .collect(),
            body: String::new(),
        }
    } else {
        DeniedHttpResponse {
            status: Some(HttpStatus { code: failure.status().as_u16().into() }),
            headers: vec![header("content-type", ENVELOPE_CONTENT_TYPE)],
            // JSON is UTF-8.
            body: String::from_utf8(failure.to_json()).unwrap_or_default(),
        }
    };
    CheckResponse {
        status: Some(rpc::Status { code: Code::PermissionDenied.into(), ..Default::default() }),
        dynamic_metadata: None,
        http_response: Some(HttpResponse::DeniedResponse(denied)),
    }
}

/// Returns whether an upstream could take this header for one of ours: CGI does not distinguish `_`
/// from `-`.
fn is_ours(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "-");
    name == KEY_LABEL_HEADER || name == TENANT_HEADER
}

fn is_named(option: &HeaderValueOption, name: &str) -> bool {
    option.header.as_ref().is_some_and(|header| header.key.eq_ignore_ascii_case(name))
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NOT_IN_HEADER).to_string()
}

/// Replaces what the client or Envoy set under this name.
fn header(key: &str, value: impl Into<String>) -> HeaderValueOption {
    HeaderValueOption {
        header: Some(HeaderValue {
            key: key.to_owned(),
            value: value.into(),
            ..Default::default()
        }),
        append_action: HeaderAppendAction::OverwriteIfExistsOrAdd.into(),
        ..Default::default()
    }
}

fn metadata(verified: &Verified) -> Struct {
    let text = |text: &str| Value { kind: Some(Kind::StringValue(text.to_owned())) };
    let mut fields = HashMap::from([
        ("key_label".to_owned(), text(verified.key_label())),
        ("timestamp".to_owned(), text(&verified.timestamp().to_string())),
    ]);
    fields.extend(verified.tenant().map(|tenant| ("tenant".to_owned(), text(tenant))));
    Struct { fields: fields.into_iter().collect() }
}
