//! Who may call what.

use phantom_desk_app::COMMAND_NAMES;
use serde_json::{Value, json};

use crate::world::World;

#[test]
fn a_window_without_the_capability_is_refused_every_command() {
    let world = World::new();
    for command in COMMAND_NAMES {
        let refused = world.ask_as_stranger(command, json!({})).unwrap_err();
        let words = refused.as_str().unwrap_or_else(|| panic!("{command} was carried out: {refused}"));
        assert!(words.contains("not allowed"), "{command}: {words}");
    }
    assert_eq!(world.get("snapshot", json!({}))["log"], json!([]));
}

#[test]
fn the_main_window_is_refused_none() {
    let world = World::new();
    for command in COMMAND_NAMES {
        if let Err(fault) = world.ask(command, json!({})) {
            assert_eq!(fault["code"], "bad_request", "{command}: {fault}");
        }
    }
    assert!(world.ask("deleteEverything", json!({})).is_err());
}

#[test]
fn every_command_belongs_to_exactly_one_set_of_permissions() {
    let sets = [
        include_str!("../../src-tauri/permissions/observe.toml"),
        include_str!("../../src-tauri/permissions/trade.toml"),
    ];
    for command in COMMAND_NAMES {
        let named = sets.iter().map(|set| set.matches(&format!("\"{command}\"")).count()).sum::<usize>();
        assert_eq!(named, 1, "{command}");
    }
    let config: Value = serde_json::from_str(include_str!("../../tauri.conf.json")).unwrap();
    for capability in config["app"]["security"]["capabilities"].as_array().unwrap() {
        assert_eq!(capability["windows"], json!(["main"]), "only the main window holds any");
    }
}
