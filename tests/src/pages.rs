//! Compiles the Rust code of the README and of the pages in `docs/` as doctests.

macro_rules! pages {
    ($($name:ident: $path:literal,)*) => {
        $(
            #[doc = include_str!(concat!("../../", $path))]
            mod $name {}
        )*
    };
}

pages! {
    readme: "README.md",
    readme_ko: "README.ko.md",
    guide: "docs/guide.md",
    guide_ko: "docs/ko/guide.md",
    grpc: "docs/grpc.md",
    observability: "docs/operation/observability.md",
    replay: "docs/operation/replay.md",
    replay_ko: "docs/ko/replay.md",
    rotation: "docs/operation/rotation.md",
    rotation_ko: "docs/ko/rotation.md",
}
