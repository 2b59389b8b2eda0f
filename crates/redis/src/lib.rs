#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod address;
mod builder;
mod entry;
mod error;
mod guard;
mod link;
mod source;

pub use builder::RedisReplayGuardBuilder;
pub use error::{ConfigError, ConnectError, GuardError};
pub use guard::RedisReplayGuard;
