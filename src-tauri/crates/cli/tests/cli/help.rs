//! What the program says about itself.

use std::path::Path;

use crate::program::phantom;

#[test]
fn help_names_every_flag_with_its_default_and_ends_with_examples() {
    let help = phantom(Path::new("."), &["replay", "--help"]);
    assert_eq!((help.status, help.stderr.as_str()), (Some(0), ""));
    for flag in [
        "--ticks <FILE>...",
        "--signals <FILE>",
        "--symbol <ROOT>",
        "--latency-ms <N>",
        "--slippage-ticks <N>",
        "--limit-fill <RULE>",
        "--partial-fills",
        "--seed <N>",
        "--long-only",
        "--fee-per-side <D>",
        "--profile <ID>",
        "--profile-set <KEY=VALUE>",
        "--journal <OUT>",
        "--json",
    ] {
        assert!(help.stdout.contains(&format!("      {flag}\n")), "{flag} is not in\n{}", help.stdout);
    }
    for words in ["[default: through]", "[default: 0]", "[default: 1]", "milliseconds", "US dollars"] {
        assert!(help.stdout.contains(words), "{words}");
    }
    let examples = help.stdout.split_once("Examples:\n").unwrap().1;
    assert!(examples.lines().all(|line| line.starts_with("  ")), "{examples}");
    assert!(help.stdout.lines().all(|line| line.chars().count() <= 100), "{}", help.stdout);
}

#[test]
fn the_first_page_names_the_commands_the_exit_statuses_and_the_log_variable() {
    let help = phantom(Path::new("."), &["--help"]);
    assert_eq!((help.status, help.stderr.as_str()), (Some(0), ""));
    for words in
        ["replay", "instruments", "calendar", "Exit status: 0 done", "PHANTOM_LOG", "Example: phantom replay"]
    {
        assert!(help.stdout.contains(words), "{words}");
    }
    let version = phantom(Path::new("."), &["--version"]);
    assert_eq!(version.stdout, concat!("phantom ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn without_a_command_the_first_page_is_an_error() {
    let ended = phantom::<&str>(Path::new("."), &[]);
    assert_eq!((ended.status, ended.stdout.as_str()), (Some(2), ""));
    assert!(ended.stderr.contains("Usage: phantom <COMMAND>"), "{}", ended.stderr);
}
