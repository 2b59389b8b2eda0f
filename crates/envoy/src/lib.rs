#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod authorizer;
mod incoming;
mod response;

pub use authorizer::Authorizer;
pub use response::{KEY_LABEL_HEADER, TENANT_HEADER};
