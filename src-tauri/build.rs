//! Builds the window's description: configuration, permissions, and the interface inside the binary; and
//! the list of the crates that the program is built from, with their licences.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

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
    write_licences()?;
    let manifest = tauri_build::AppManifest::new().permissions_path_pattern("./src-tauri/permissions/**/*");
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    Ok(())
}

/// Writes name, version and licence of every crate of somebody else that the program is built from.
fn write_licences() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=Cargo.lock");
    // What only other packages of the workspace need may not have been fetched yet.
    let metadata = match metadata(&["--offline"]) {
        Ok(metadata) => metadata,
        Err(_) => metadata(&[])?,
    };
    let mut text = String::new();
    for (name, version, licence) in licences(&metadata) {
        writeln!(text, "{name}\t{version}\t{licence}")?;
    }
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("licences.txt"), text)?;
    Ok(())
}

/// What cargo knows of the packages and of what they use.
fn metadata(more: &[&str]) -> Result<Value, Box<dyn Error>> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = env::var("TARGET")?;
    let asked = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", &target])
        .args(more)
        .output()?;
    if !asked.status.success() {
        return Err(String::from_utf8_lossy(&asked.stderr).into_owned().into());
    }
    Ok(serde_json::from_slice(&asked.stdout)?)
}

/// The packages that the root package reaches without its tests and build scripts.
fn licences(metadata: &Value) -> BTreeSet<(String, String, String)> {
    let nodes: BTreeMap<String, Vec<String>> = rows(metadata.pointer("/resolve/nodes"))
        .iter()
        .map(|node| {
            let is_inside = |dep: &&Value| {
                rows(dep.get("dep_kinds")).iter().any(|kind| kind.get("kind").is_none_or(Value::is_null))
            };
            let inside = rows(node.get("deps")).iter().filter(is_inside).map(|dep| text(dep, "pkg"));
            (text(node, "id"), inside.collect())
        })
        .collect();
    let mut reached = BTreeSet::new();
    let mut waiting: Vec<String> = metadata.get("resolve").map(|it| text(it, "root")).into_iter().collect();
    while let Some(id) = waiting.pop() {
        if reached.insert(id.clone()) {
            waiting.extend(nodes.get(&id).cloned().unwrap_or_default());
        }
    }
    // What has no source is ours.
    let is_others = |it: &&Value| {
        reached.contains(&text(it, "id")) && it.get("source").is_some_and(|source| !source.is_null())
    };
    let others = rows(metadata.get("packages")).iter().filter(is_others);
    others.map(|it| (text(it, "name"), text(it, "version"), text(it, "license"))).collect()
}

fn rows(of: Option<&Value>) -> &[Value] {
    of.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text(row: &Value, key: &str) -> String {
    row.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}
