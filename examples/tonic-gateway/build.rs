//! Turns `proto/customer.proto` into Rust. `protox` is a compiler written in Rust, so no `protoc` has
//! to be installed.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let files = protox::compile(["customer.proto"], ["proto"])?;
    tonic_prost_build::compile_fds(files)?;
    Ok(())
}
