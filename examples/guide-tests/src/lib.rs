//! The guide's snippets as doctests. There is nothing else here: the dependencies of this package are
//! those of a service that follows the guide.

#[cfg(doctest)]
#[doc = include_str!("../../../docs/guide.md")]
mod guide {}
