//! News windows and caps: when they hold, for which product, and who may change them.

use phantom_compliance::pack::{Effect, NewsAction, NewsWindow, Overlay, OverlayRule};
use phantom_model::{Timestamp, chicago_moment, chicago_time};

use super::{pack, profile, refused};

fn chicago(text: &str) -> Timestamp {
    chicago_moment(text.parse().unwrap())
}

fn overlay(id: &str, overlay: &str, settings: &[&str]) -> Overlay {
    profile(id, settings).overlays().into_iter().find(|it| it.id == overlay).unwrap()
}

fn news(overlay: &Overlay) -> &NewsWindow {
    match &overlay.rule {
        OverlayRule::News(news) => news,
        OverlayRule::ContractCaps(_) => panic!("{} is about news", overlay.id),
    }
}

#[test]
fn cpi_t13_stops_openings_and_caps_micros_by_account_size() {
    for (id, micros) in [("topstep-combine-50k", 3), ("topstep-xfa-100k", 6), ("topstep-combine-150k", 9)] {
        let cpi = overlay(id, "cpi", &[]);
        assert_eq!(cpi.effect, Effect::Warn, "it only warns by default");
        for root in ["ES", "RTY", "YM", "NQ", "NKD", "GC", "SI", "HG", "PL"] {
            assert_eq!(news(&cpi).action_for(root), Some(NewsAction::NoEntries), "{root}");
        }
        for root in ["MES", "M2K", "MYM", "MNQ", "MGC", "SIL", "MHG"] {
            assert_eq!(news(&cpi).action_for(root), Some(NewsAction::ContractsMax(micros)), "{root}");
        }
        assert_eq!(news(&cpi).action_for("CL"), None);
        assert!(news(&cpi).releases.is_empty(), "the dates are the trader's to add");
    }
}

#[test]
fn volatility_t13_caps_by_account_size() {
    for (id, row) in [
        ("topstep-combine-50k", [3, 3, 3, 3, 30, 3, 30, 0, 2, 0, 2, 0]),
        ("topstep-xfa-100k", [6, 6, 6, 6, 60, 6, 60, 0, 4, 0, 4, 0]),
        ("topstep-xfa-150k", [9, 9, 9, 9, 90, 9, 90, 0, 6, 0, 6, 0]),
    ] {
        let caps = overlay(id, "volatility", &[]);
        let roots = ["CL", "QM", "RB", "HO", "MCL", "GC", "MGC", "SI", "SIL", "HG", "MHG", "PL"];
        assert_eq!(roots.map(|root| caps.contract_cap(root).unwrap()), row, "{id}");
        assert_eq!(caps.contract_cap("ES"), None);
        assert_eq!((caps.effect, caps.checked_on.to_string()), (Effect::Warn, "2026-09-23".to_owned()));
    }
}

#[test]
fn an_overlay_holds_up_to_its_last_day() {
    let caps = overlay("topstep-combine-50k", "volatility", &[]);
    for (day, holds) in [("2026-11-27", true), ("2026-12-31", true), ("2027-01-04", false)] {
        assert_eq!(caps.holds_on(day.parse().unwrap()), holds, "{day}");
    }
}

#[test]
fn a_window_holds_from_before_the_release_until_after_it() {
    let overlay = overlay("shape-news", "releases", &[]);
    let action = |root: &str, at: &str| news(&overlay).action_at(root, chicago(at)).map(|(action, _)| action);
    for (at, holds) in [
        ("2026-12-10T07:27:59", false),
        ("2026-12-10T07:28:00", true),
        ("2026-12-10T07:30:00", true),
        ("2026-12-10T07:31:59", true),
        ("2026-12-10T07:32:00", false),
        ("2026-12-16T13:01:00", true),
    ] {
        assert_eq!(action("ES", at), holds.then_some(NewsAction::MustBeFlat), "{at}");
        assert_eq!(action("GC", at), holds.then_some(NewsAction::NoEntries), "{at}");
        assert_eq!(action("M6E", at), holds.then_some(NewsAction::ContractsMax(3)), "{at}");
    }
    let next = |at: &str| news(&overlay).next_boundary(chicago(at)).map(|at| chicago_time(at).to_string());
    assert_eq!(next("2026-12-01T00:00:00"), Some("2026-12-10T07:28:00".to_owned()));
    assert_eq!(next("2026-12-10T07:28:00"), Some("2026-12-10T07:32:00".to_owned()));
    assert_eq!(next("2026-12-10T07:32:00"), Some("2026-12-16T12:58:00".to_owned()));
    assert_eq!(next("2026-12-16T13:02:00"), None);
}

#[test]
fn windows_that_overlap_hold_together() {
    let settings = ["news_release=releases@2026-12-10T07:33"];
    let overlay = overlay("shape-news", "releases", &settings);
    for at in ["2026-12-10T07:28:00", "2026-12-10T07:31:30", "2026-12-10T07:34:59"] {
        assert!(news(&overlay).action_at("ES", chicago(at)).is_some(), "{at}");
    }
    assert!(news(&overlay).action_at("ES", chicago("2026-12-10T07:35:00")).is_none());
}

#[test]
fn the_trader_adds_releases_in_chicago_or_with_an_offset() {
    let settings = ["news_release=cpi@2026-12-10T07:30, cpi@2027-01-13T13:30:00Z", "overlay.cpi=block"];
    let cpi = overlay("topstep-combine-50k", "cpi", &settings);
    assert_eq!(cpi.effect, Effect::Block);
    let moments: Vec<_> = news(&cpi).releases.iter().map(|it| chicago_time(it.at).to_string()).collect();
    assert_eq!(moments, ["2026-12-10T07:30:00", "2027-01-13T07:30:00"]);
    let held = news(&cpi).action_at("NQ", chicago("2026-12-10T07:25:00")).unwrap();
    assert_eq!((held.0, held.1.name.as_str()), (NewsAction::NoEntries, cpi.title.as_str()));
    for (setting, words) in [
        ("news_release=fomc@2026-12-16T13:00", "no news overlay \"fomc\"; there are: cpi"),
        ("news_release=volatility@2026-12-16T13:00", "no news overlay \"volatility\"; there are: cpi"),
        ("news_release=cpi", "it must be releases with commas between them"),
        ("news_release=cpi@16.12.2026", "such as cpi@2026-12-10T07:30"),
    ] {
        let said = refused("topstep-combine-50k", &[setting]);
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn an_overlay_that_is_off_is_not_applied() {
    let profile = profile("topstep-combine-50k", &["overlay.volatility=off"]);
    let ids: Vec<_> = profile.overlays().into_iter().map(|it| it.id).collect();
    assert_eq!(ids, ["cpi"]);
    assert_eq!(pack("topstep-combine-50k").overlays().len(), 2, "the pack still has it");
}
