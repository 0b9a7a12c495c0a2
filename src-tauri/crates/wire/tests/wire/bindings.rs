//! The TypeScript of the interface: written from the shapes, and checked where nothing may be written.

use std::path::PathBuf;
use std::{env, fs};

use phantom_wire as wire;
use ts_rs::{Config, TS};

/// Every shape by name, in the order of the file.
fn declarations() -> String {
    let config = Config::new();
    let mut text = String::from(
        "// The shapes that cross between the shell and the interface.\n\
         // Written from the crate `phantom-wire` by its tests; do not edit.\n",
    );
    macro_rules! declare {
        ($($shape:ident)*) => {
            $(
                text.push_str("\nexport ");
                text.push_str(&wire::$shape::decl(&config));
                text.push('\n');
            )*
        };
    }
    declare! {
        Side OrderType OrderRequest OrderQuestion PlaceAnswer
        FlattenStatus FlattenAnswer ClosedPosition OpenPosition
        Effect Verdict WarningRow WorstCase WorstLeft PasswordPlace PasswordAnswer MarketControl
        ChangeRequest AmendAnswer ProtectRequest Protected StopChange TargetChange BreakEvenChange
        ProtectAnswer LotProtection Decision DecideRequest ClosePart
        LogAction LogRow TradeBy TradeRow PositionRow WorkingRow PhantomState PhantomRow QuoteRow
        DeskMode FeedState DeskStatus InstrumentRow
        DeskStanding ProtectionLine OrderLatency LimitUse DifferenceState DifferenceRow LatchRow
        FlattenStage FlattenProgress
        LinkStage AccountKind BrokerLink ConnectionTest ConnectionFound
        SoundKind Sounds SoundAnswer LicenceRow AboutAnswer FolderAnswer
        Snapshot OrderLogEvent PositionUpdateEvent DeskUpdateEvent
        DecidedRow MissedRow RecoveryAnswer HistoryQuestion HistoryIndex HistoryLine HistoryAnswer
        WrittenAnswer BundleAnswer LegWord TriggerReceipt ExitRow ExitFillRow FlattenReceipt
        RulesChoice PackRow SourceRow RuleSetting RuleLevel RuleAct RuleUse LockoutRow AllowedRow RulesPanel
        PassedPolicy BrokerChoice MarketSource HandlingChoice Settings SettingFault WireFault FlattenNews DecimalText
    }
    text
}

#[test]
fn the_interface_has_the_shapes_of_this_crate() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/backend/generated/index.ts");
    let wanted = declarations();
    let found = fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    if found == wanted {
        return;
    }
    let may_write = env::var_os("CI").is_none() && env::var_os("PHANTOM_CHECK_BINDINGS").is_none();
    assert!(
        may_write,
        "ui/src/backend/generated/index.ts is not what the shapes say; run `cargo test -p phantom-wire` \
         and commit the file"
    );
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, wanted).unwrap();
}

#[test]
fn no_number_crosses_that_the_interface_cannot_hold() {
    assert!(!declarations().contains("bigint"));
}
