//! The envelope of responses, and the policy for them.

pub(crate) mod failure;
pub(crate) mod policy;
mod reader;
pub(crate) mod response_head;
pub(crate) mod status;
pub(crate) mod strings;
pub(crate) mod success;
