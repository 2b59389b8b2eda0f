//! A request with its response and the verdict, as `send` and `listen` record it and the console
//! shows it.

pub(crate) mod har;
mod list;
pub(crate) mod load;
pub(crate) mod reasons;
mod record;
pub(crate) mod remarks;
mod save;

pub(crate) use self::list::Exchanges;
pub(crate) use self::record::{Exchange, is_lookup, response_without_keys, without_keys};
pub(crate) use self::save::{Folder, save_temporary};
