//! The tests of the workspace as a whole. Those of secrecy are a program of their own, because they
//! capture the log events of the whole process.

mod conformance;
mod envelope;
mod faults;
mod openapi;
mod pages;
mod rotation;
mod vectors;
