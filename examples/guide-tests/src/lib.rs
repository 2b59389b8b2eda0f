//! The snippets of the guide and of the front page as doctests. There is nothing else here: the dependencies of this package are
//! those of a service that follows the guide.

#[cfg(doctest)]
#[doc = include_str!("../../../docs/guide.md")]
mod guide {}

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
mod front_page {}
