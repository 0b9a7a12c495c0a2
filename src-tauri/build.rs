//! Builds the window's description: configuration, permissions, and the interface inside the binary.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

/// What the window shows when the interface has not been built.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Phantom Desk</title>\
    <body><h1>The interface is not built</h1><p>Run <code>scripts/run</code>, which builds it and starts \
    the desk, or <code>npm ci &amp;&amp; npm run build</code> in the folder <code>ui</code> and build again.\
    </p></body></html>\n";

fn main() -> Result<(), Box<dyn Error>> {
    let page = Path::new("ui/dist/index.html");
    println!("cargo:rerun-if-changed=ui/dist");
    if !page.exists() {
        if env::var_os("CARGO_FEATURE_CUSTOM_PROTOCOL").is_some() {
            println!("cargo:warning=ui/dist is missing: the window will say so; run scripts/run to build it");
        }
        fs::create_dir_all("ui/dist")?;
        fs::write(page, NOT_BUILT)?;
    }
    let manifest = tauri_build::AppManifest::new().permissions_path_pattern("./src-tauri/permissions/**/*");
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    Ok(())
}
