//! `online-contact explain`, through the built program.

mod answers;
mod captures;
mod cases;
mod curl;
mod draft;
mod effort;
mod field;
mod mistakes;
mod texts;
mod vectors;
