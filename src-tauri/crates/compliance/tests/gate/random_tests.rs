//! The gate in standings of chance.

use super::*;

fn halts() -> impl Strategy<Value = Halt> {
    any::<[bool; 7]>().prop_map(
        |[killed, locked_out, flattening, not_connected, reconciling, journal_lost, latched]| Halt {
            killed,
            locked_out,
            flattening,
            not_connected,
            reconciling,
            journal_lost,
            latched,
        },
    )
}

fn limits() -> impl Strategy<Value = Limits> {
    let most = || prop::option::of((0_u32..20).prop_map(Minis::whole));
    (any::<bool>(), most(), most()).prop_map(|(shorts, order_max, position_max)| Limits {
        short_selling: if shorts { ShortSelling::On } else { ShortSelling::Off },
        order_max,
        position_max,
    })
}

/// Position, exits that are out, live buys, live sells, thousandths in use elsewhere.
fn stands() -> impl Strategy<Value = (i64, u64, u64, u64, i64)> {
    (-20_i64..=20, 0_u64..25, 0_u64..10, 0_u64..10, 0_i64..6_000)
}

fn standing(
    grid: &Grid,
    halt: Halt,
    weight: Minis,
    (position, exits_outstanding, buy_entry_leaves, sell_entry_leaves, elsewhere): (i64, u64, u64, u64, i64),
) -> Standing<'_> {
    Standing {
        halt,
        position: NetQty::new(position),
        exits_outstanding,
        buy_entry_leaves,
        sell_entry_leaves,
        worst_elsewhere: Minis::from_thousandths(elsewhere),
        weight,
        contract: ContractStanding::Current,
        ..quiet(grid)
    }
}

fn weights() -> impl Strategy<Value = Minis> {
    prop::sample::select(vec![minis("1"), minis("0.1"), minis("0.2")])
}

proptest! {
    #[test]
    fn an_exit_within_the_budget_is_never_blocked(
        halt in halts(), limits in limits(), weight in weights(), stands in stands(), contracts in 1_u32..30,
    ) {
        let grid = gold();
        let standing = standing(&grid, halt, weight, stands);
        let side = standing.position.side().map_or(Side::Sell, Side::opposite);
        let left = standing.position.size().saturating_sub(standing.exits_outstanding);
        let answer = can_submit(&limits, &standing, ID, &market(side, contracts));
        if standing.position.side().is_some() && u64::from(contracts) <= left {
            prop_assert!(matches!(answer, Ok(Permit::Reducing(_))), "{answer:?}");
        } else {
            prop_assert!(!matches!(answer, Ok(Permit::Reducing(_))), "{answer:?}");
        }
    }

    #[test]
    fn an_opening_leaves_only_while_nothing_stops_it_and_within_every_limit(
        halt in prop_oneof![3 => Just(Halt::default()), 1 => halts()],
        limits in limits(), weight in weights(), stands in stands(),
        buys in any::<bool>(), contracts in 1_u32..30,
    ) {
        let grid = gold();
        let standing = standing(&grid, halt, weight, stands);
        let side = if buys { Side::Buy } else { Side::Sell };
        let request = market(side, contracts);
        let Ok(Permit::Opening(approved)) = can_submit(&limits, &standing, ID, &request) else {
            return Ok(());
        };
        prop_assert_eq!(halt, Halt::default());
        prop_assert!(standing.position.side().is_none_or(|held| held == side));
        prop_assert!(side == Side::Buy || limits.short_selling == ShortSelling::On);
        let order = approved.get();
        prop_assert_eq!((order.id, order.side, order.qty, order.kind), (ID, side, request.qty, request.kind));
        let wanted = weight * u64::from(contracts);
        prop_assert!(limits.order_max.is_none_or(|most| wanted <= most));
        // Every live entry fills, this order fills, no exit does.
        let (mut long, mut short) = (standing.buy_entry_leaves, standing.sell_entry_leaves);
        *(if buys { &mut long } else { &mut short }) += u64::from(contracts);
        let worst = worst_case(standing.position, long, short, weight) + standing.worst_elsewhere;
        prop_assert!(limits.position_max.is_none_or(|most| worst <= most), "{worst}");
    }

    #[test]
    fn a_refusal_over_the_limit_names_exactly_how_many_more_would_be_allowed(
        weight in weights(), stands in stands(), contracts in 1_u32..60,
    ) {
        let grid = gold();
        let (position, exits, buys, _, elsewhere) = stands;
        let standing = standing(&grid, Halt::default(), weight, (position.abs(), exits, buys, 0, elsewhere));
        let limits = Limits { position_max: Some(Minis::whole(9)), ..Limits::NONE };
        let answer = can_submit(&limits, &standing, ID, &market(Side::Buy, contracts));
        let Err(Refusal::PositionLimit { contracts_more, .. }) = answer else {
            prop_assert!(answer.is_ok(), "{answer:?}");
            return Ok(());
        };
        let more = u32::try_from(contracts_more).unwrap();
        prop_assert!(more < contracts);
        if more > 0 {
            prop_assert!(can_submit(&limits, &standing, ID, &market(Side::Buy, more)).is_ok());
        }
        prop_assert!(can_submit(&limits, &standing, ID, &market(Side::Buy, more + 1)).is_err());
    }

    #[test]
    fn the_worst_case_is_the_worst_of_all_outcomes(
        position in -8_i64..=8, buys in 0_i64..8, sells in 0_i64..8,
    ) {
        let outcomes = (0..=buys).flat_map(|bought| (0..=sells).map(move |sold| position + bought - sold));
        let worst = outcomes.map(i64::unsigned_abs).max().unwrap();
        let (buys, sells) = (buys.unsigned_abs(), sells.unsigned_abs());
        let said = worst_case(NetQty::new(position), buys, sells, Minis::whole(1));
        prop_assert_eq!(said, Minis::whole(1) * worst);
    }
}
