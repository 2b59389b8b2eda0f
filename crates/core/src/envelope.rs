//! The envelope of responses: what the application sends, and the policy for what leaves.

pub(crate) mod failure;
pub(crate) mod policy;
mod reader;
pub(crate) mod response_head;
pub(crate) mod status;
pub(crate) mod strings;
pub(crate) mod success;
