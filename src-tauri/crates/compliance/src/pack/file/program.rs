//! Reads the rules of one program.

use phantom_model::Span;

use super::{losses, payouts, sizes};
use crate::pack::reader::{Field, Read, Section};
use crate::pack::{
    ConsistencyBase, ConsistencyEffect, Effect, MinHold, Program, Stage, TradeCounting, TradeMax,
};

/// The words of [`Effect`].
pub(super) const EFFECTS: [(&str, Effect); 2] = [("warn", Effect::Warn), ("block", Effect::Block)];

pub(super) fn read(mut section: Section<'_>) -> Read<Program> {
    let stage =
        section.need("stage")?.one_of(&[("evaluation", Stage::Evaluation), ("funded", Stage::Funded)])?;
    let start_balance = section.need("start_balance")?.money()?;
    let profit_target = section.take("profit_target").map(|field| field.positive_money()).transpose()?;
    let max_loss = losses::max_loss(section.need_section("max_loss")?, start_balance)?;
    let daily_loss = losses::daily_loss(section.need_section("daily_loss")?)?;
    let size = sizes::size(section.need_section("size")?)?;
    let consistency = match section.take("consistency") {
        None => None,
        Some(field) => {
            let place = field.place().clone();
            let rule = payouts::consistency(field.section()?)?;
            let of_target =
                rule.of == ConsistencyBase::Target || rule.effect == ConsistencyEffect::RaiseTarget;
            if of_target && profit_target.is_none() {
                return Err(place.wrong("needs a profit_target"));
            }
            Some(rule)
        }
    };
    let payout = match (stage, section.take("payout")) {
        (Stage::Evaluation, Some(field)) => {
            return Err(field.wrong("an evaluation has no payouts: leave it out"));
        }
        (Stage::Funded, Some(field)) => Some(payouts::payout(field.section()?)?),
        (_, None) => None,
    };
    let program = Program {
        stage,
        start_balance,
        profit_target,
        max_loss,
        daily_loss,
        size,
        consistency,
        trading_days_min: section.take("trading_days_min").map_or(Ok(0), |field| field.whole(0, 365))?,
        hold_min: section.take("hold_min_s").map(|field| hold_min(&field)).transpose()?,
        trades_max: section.take("trades_max").map(trades_max).transpose()?,
        inactivity_days: section.take("inactivity_days").map(|field| field.whole(1, 3_650)).transpose()?,
        daily_profit_max: section.take("daily_profit_max").map(|field| field.positive_money()).transpose()?,
        payout,
    };
    section.finish()?;
    Ok(program)
}

fn hold_min(field: &Field<'_>) -> Read<MinHold> {
    let seconds = field.whole(1, 3_600)?;
    Ok(MinHold { span: Span::from_millis(seconds * 1_000) })
}

fn trades_max(field: Field<'_>) -> Read<TradeMax> {
    let mut section = field.section()?;
    let rule = TradeMax {
        per_day: section.need("per_day")?.whole(1, 100_000)?,
        counting: section.need("counting")?.one_of(&[
            ("entries", TradeCounting::Entries),
            ("entries_and_exits", TradeCounting::EntriesAndExits),
        ])?,
        effect: section.need("effect")?.one_of(&EFFECTS)?,
    };
    section.finish()?;
    Ok(rule)
}
