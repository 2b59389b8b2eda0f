//! What the example servers have in common: the customers, the answer to a lookup, the settings
//! from the environment, and the three requests with which a server shows itself at work.
//!
//! None of it knows a web framework. What is left to an example is what its reader came for.

pub mod client;
pub mod demo;
mod directory;
mod keys;
mod logging;
mod lookup;
mod settings;
mod stop;
#[cfg(feature = "testing")]
pub mod testing;

pub use directory::{Customer, CustomerDirectory};
pub use keys::Keys;
pub use logging::init_logging;
pub use lookup::{Query, lookup};
pub use settings::{Replay, Settings, SettingsError};
pub use stop::{StopSignal, exit_code};
