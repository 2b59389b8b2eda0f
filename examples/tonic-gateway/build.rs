//! Compiles `customer.proto` with `protox`, so that `protoc` need not be installed.

fn main() -> anyhow::Result<()> {
    println!("cargo::rerun-if-changed=customer.proto");
    tonic_prost_build::compile_fds(protox::compile(["customer.proto"], ["."])?)?;
    Ok(())
}
