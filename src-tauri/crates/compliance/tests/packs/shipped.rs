//! The packs that come with the program: Topstep's figures, and an exercise for each shape.

use phantom_compliance::Pack;
use phantom_compliance::pack::{Consistency, ConsistencyBase, ConsistencyEffect, FeeTable};
use phantom_compliance::pack::{
    Contracts, DailyAmount, DailyLoss, FloorLock, Hedging, LossSeverity, MaxLossKind, MaxLossSeverity,
    Obligation, PackKind, Products, Stage,
};
use phantom_model::InstrumentTable;

use super::{SHIPPED, minis, pack, usd};

#[test]
fn the_ids_are_these() {
    let ids: Vec<_> = SHIPPED.iter().map(|pack| pack.id()).collect();
    let (presets, shapes) = ids.split_at(6);
    assert_eq!(
        presets,
        [
            "topstep-combine-50k",
            "topstep-combine-100k",
            "topstep-combine-150k",
            "topstep-xfa-50k",
            "topstep-xfa-100k",
            "topstep-xfa-150k",
        ]
    );
    assert_eq!(shapes.len(), 14);
    for pack in SHIPPED.iter() {
        let is_shape = pack.id().starts_with("shape-");
        assert_eq!(pack.kind() == PackKind::Exercise, is_shape, "{}", pack.id());
        assert_eq!(pack.title().starts_with("Exercise: "), is_shape, "{}", pack.id());
        assert!(!pack.sources().is_empty() && pack.version() >= 1, "{}", pack.id());
    }
}

#[test]
fn the_parameters_of_section_1_1_are_in_the_packs() {
    for (size, start, target, distance, daily, most) in [
        ("50k", "50000", "3000", "2000", "1000", "5"),
        ("100k", "100000", "6000", "3000", "2000", "10"),
        ("150k", "150000", "9000", "4500", "3000", "15"),
    ] {
        let combine = pack(&format!("topstep-combine-{size}"));
        let program = combine.program();
        assert_eq!(program.stage, Stage::Evaluation);
        assert_eq!((program.start_balance, program.profit_target), (usd(start), Some(usd(target))));
        assert_eq!((program.size.most(), program.trading_days_min), (minis(most), 2));
        assert_eq!(
            (program.max_loss.lock, program.max_loss.severity),
            (FloorLock::Start, MaxLossSeverity::Fail)
        );
        assert!(program.payout.is_none());

        let xfa = pack(&format!("topstep-xfa-{size}"));
        let funded = xfa.program();
        assert_eq!(funded.stage, Stage::Funded);
        assert_eq!((funded.start_balance, funded.profit_target), (usd("0"), None));
        assert_eq!(funded.size.most(), minis(most));
        assert_eq!(funded.max_loss.first_floor(funded.start_balance), usd(&format!("-{distance}")));
        assert_eq!(funded.max_loss.severity, MaxLossSeverity::Close);
        assert_eq!(funded.max_loss.on_first_payout, Some(usd("0")));

        for program in [program, funded] {
            assert_eq!(
                (program.max_loss.kind, program.max_loss.distance),
                (MaxLossKind::EodTrailing, usd(distance))
            );
            let DailyLoss::Limit(limit) = &program.daily_loss else { panic!("{size} has a daily limit") };
            assert_eq!(limit.amount, DailyAmount::Fixed(usd(daily)));
            assert_eq!((limit.obligation, limit.severity), (Obligation::OptionalOff, LossSeverity::DayLock));
        }
    }
}

#[test]
fn consistency_is_55_percent_of_all_profit_and_raises_the_target() {
    for size in ["50k", "100k", "150k"] {
        let combine = pack(&format!("topstep-combine-{size}"));
        let rule: &Consistency = combine.program().consistency.as_ref().unwrap();
        assert_eq!(rule.share(1).to_string(), "55 %");
        assert_eq!((rule.of, rule.effect), (ConsistencyBase::TotalProfit, ConsistencyEffect::RaiseTarget));
    }
}

#[test]
fn payout_paths_of_section_1_1_are_in_the_packs() {
    for (size, standard, consistent) in
        [("50k", "2000", "3000"), ("100k", "3000", "4000"), ("150k", "5000", "6000")]
    {
        let xfa = pack(&format!("topstep-xfa-{size}"));
        let payout = xfa.program().payout.as_ref().unwrap();
        let caps: Vec<_> = payout.paths.iter().map(|path| (path.id.as_str(), path.at_most)).collect();
        assert_eq!(caps, [("standard", Some(usd(standard))), ("consistency", Some(usd(consistent)))]);
        let days = payout.paths[0].winning_days.unwrap();
        assert_eq!((days.count, days.profit_min, payout.at_least), (5, usd("150"), usd("125")));
        assert_eq!(payout.paths[1].consistency.as_ref().unwrap().share(1).to_string(), "40 %");
        assert_eq!([payout.of_balance, payout.trader_share].map(|it| it.to_string()), ["50 %", "90 %"]);
    }
}

#[test]
fn permitted_are_51_products_and_not_full_size_bitcoin() {
    let topstep = pack("topstep-combine-50k");
    let Products::Only(roots) = &topstep.firm().products else { panic!("Topstep lists its products") };
    assert_eq!(roots.len(), 51);
    assert!(!topstep.firm().products.permits("BTC") && topstep.firm().products.permits("MBT"));
    // The contract table has its own mark for each of its products, from the same page.
    for instrument in InstrumentTable::built_in().unwrap().iter() {
        let permitted = topstep.firm().products.permits(instrument.root());
        assert_eq!(permitted, instrument.topstep_permitted(), "{instrument}");
    }
}

#[test]
fn weights_of_every_instrument_are_those_of_the_contract_table() {
    let topstep = pack("topstep-combine-50k");
    for instrument in InstrumentTable::built_in().unwrap().iter() {
        let weight = topstep.firm().weights.of(instrument).thousandths();
        assert_eq!(weight, i64::from(instrument.mini_weight().thousandths()), "{instrument}");
    }
}

#[test]
fn fees_are_half_of_a_round_turn_and_known_for_what_may_be_traded() {
    let table = InstrumentTable::built_in().unwrap();
    let topstep = pack("topstep-combine-50k");
    for (root, fee) in [("ES", "1.89"), ("MES", "0.61"), ("GC", "2.16"), ("SIL", "1.36"), ("MBT", "1.41")] {
        let instrument = table.resolve(root).unwrap();
        assert_eq!(topstep.firm().fees.per_side(instrument), Some(usd(fee)), "{root}");
    }
    for instrument in table.iter().filter(|it| it.topstep_permitted()) {
        assert!(topstep.firm().fees.per_side(instrument).is_some(), "{instrument} has no fee");
    }
    assert_eq!(topstep.firm().fees.per_side(table.resolve("BTC").unwrap()), None);
    let plain = pack("shape-micros-are-minis");
    let es = table.resolve("ES").unwrap();
    assert_eq!(plain.firm().fees.per_side(es), Some(usd("2.10")));
    assert_eq!(plain.firm().fees.per_side(table.resolve("CL").unwrap()), None);
    assert!(matches!(plain.firm().fees, FeeTable::ByRoot(_)));
    assert_eq!(pack("shape-static").firm().fees.per_side(es), Some(usd("2")));
}

#[test]
fn the_rules_of_the_firm_are_those_of_section_1_14() {
    let topstep = pack("topstep-xfa-150k");
    let firm = topstep.firm();
    assert_eq!((firm.id.as_str(), topstep.checked_on().to_string()), ("topstep", "2026-10-03".to_owned()));
    assert_eq!((firm.contracts, firm.hedging), (Contracts::FrontMonth, Hedging::ForbiddenAcrossAccounts));
    let zone = firm.limit_zone.unwrap();
    assert_eq!([zone.width, zone.equity_limit].map(|it| it.to_string()), ["2 %", "7 %"]);
    assert_eq!(firm.oversize_grace.unwrap().nanos(), 10_000_000_000);
    assert_eq!(firm.weights.micros_per_mini, 10);
    assert_eq!(topstep.program().inactivity_days, Some(30));
}

#[test]
fn every_shape_of_section_2_2_has_a_pack() {
    let of = |id: &str| pack(id).program().clone();
    let kind = |id: &str| of(id).max_loss.kind;
    assert_eq!(kind("shape-static"), MaxLossKind::Static);
    assert_eq!(kind("shape-intraday-trailing"), MaxLossKind::IntradayTrailing);
    assert_eq!(of("shape-locks-above-start").max_loss.lock, FloorLock::StartPlus(usd("100")));
    assert_eq!(of("shape-never-locks").max_loss.lock, FloorLock::Never);
    let daily = |id: &str| match of(id).daily_loss {
        DailyLoss::Limit(limit) => limit,
        DailyLoss::None => panic!("{id} has a daily limit"),
    };
    assert!(matches!(daily("shape-tiered-daily-loss").amount, DailyAmount::Tiers(_)));
    assert!(matches!(daily("shape-never-locks").amount, DailyAmount::OfBalance(_)));
    assert!(matches!(daily("shape-peak-profit-daily-loss").amount, DailyAmount::OfPeakProfit { .. }));
    assert_eq!(daily("shape-daily-loss-fails").severity, LossSeverity::Fail);
    assert_eq!(daily("shape-live-ladder").obligation, Obligation::OptionalOn);
    assert_eq!(of("shape-consistency").consistency.unwrap().shares().len(), 6);
    assert_eq!(of("shape-consistency-of-target").consistency.unwrap().effect, ConsistencyEffect::MustTradeOn);
    assert_eq!(of("shape-hold-time").hold_min.unwrap().span.nanos(), 20_000_000_000);
    assert_eq!(of("shape-hold-time").trades_max.unwrap().per_day, 30);
    assert_eq!(pack("shape-news").overlays().len(), 1);
    assert_eq!(pack("shape-micros-are-minis").firm().weights.micros_per_mini, 1);
}

#[test]
fn a_pack_is_found_by_its_id_and_nothing_else_is() {
    assert_eq!(Pack::named("shape-static").unwrap().id(), "shape-static");
    let said = Pack::named("topstep-combine-25k").unwrap_err().to_string();
    assert!(
        said.starts_with("no rule pack named \"topstep-combine-25k\"; there are: topstep-combine-50k, "),
        "{said}"
    );
}
