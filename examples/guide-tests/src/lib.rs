//! Compiles the Rust of the README and of the pages in `docs/` as doctests. The dependencies of this package are
//! those of a service that follows these pages.

#[cfg(doctest)]
#[doc = include_str!("../../../docs/guide.md")]
mod guide {}

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
mod front_page {}

#[cfg(doctest)]
#[doc = include_str!("../../../docs/grpc.md")]
mod grpc {}

#[cfg(doctest)]
#[doc = include_str!("../../../docs/operation/observability.md")]
mod observability {}

#[cfg(doctest)]
#[doc = include_str!("../../../docs/operation/replay.md")]
mod replay {}

#[cfg(doctest)]
#[doc = include_str!("../../../docs/operation/rotation.md")]
mod rotation {}
