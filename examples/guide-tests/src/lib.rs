//! The Rust of the guide, of the front page and of the book of operation as doctests. There is nothing
//! else here: the dependencies of this package are those of services that follow these pages.

#[cfg(doctest)]
#[doc = include_str!("../../../docs/guide.md")]
mod guide {}

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
mod front_page {}

#[cfg(doctest)]
#[doc = include_str!("../../../docs/operation/observability.md")]
mod observability {}

#[cfg(doctest)]
#[doc = include_str!("../../../docs/operation/replay.md")]
mod replay {}

#[cfg(doctest)]
#[doc = include_str!("../../../docs/operation/rotation.md")]
mod rotation {}
