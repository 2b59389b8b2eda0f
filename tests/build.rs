//! Compiles the `.proto` file that the Rust code of docs/grpc.md includes.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = "../examples/tonic-gateway";
    println!("cargo::rerun-if-changed={folder}/customer.proto");
    tonic_prost_build::compile_fds(protox::compile(["customer.proto"], [folder])?)?;
    Ok(())
}
