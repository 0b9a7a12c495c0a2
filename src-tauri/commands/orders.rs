//! Orders: place, cancel, flatten, and what the gate would say.

use phantom_compliance::{GuardWords, Ticket, TicketKind, Warning};
use phantom_engine::rules::verdict::{Aim, WorstCase};
use phantom_engine::{Origin, Verdict};
use phantom_model::{OrderId, Side};
use phantom_runtime::{CancelAnswer, ClosedPosition, FlattenReceipt, Listing, PlaceAnswer};
use phantom_wire::{self as wire, DecimalText, OrderQuestion, OrderRequest, WireFault};
use tauri::State;

use super::body::Body;
use crate::error::of_desk;
use crate::session::Session;
use crate::shell::Shell;
use crate::stream::words::{contracts, mean_text};

#[tauri::command(rename = "placeBuy")]
pub(crate) async fn place_buy(
    shell: State<'_, Shell>,
    order: Body<OrderRequest>,
) -> Result<wire::PlaceAnswer, WireFault> {
    place(&shell, Side::Buy, order.0).await
}

#[tauri::command(rename = "placeSell")]
pub(crate) async fn place_sell(
    shell: State<'_, Shell>,
    order: Body<OrderRequest>,
) -> Result<wire::PlaceAnswer, WireFault> {
    place(&shell, Side::Sell, order.0).await
}

async fn place(shell: &Shell, side: Side, order: OrderRequest) -> Result<wire::PlaceAnswer, WireFault> {
    // Settings that need another desk wait for the answer, and the other way round.
    let _placing = shell.placing().await;
    let session = shell.session();
    session.watch(&order.symbol).await;
    let answer = session.desk().place(ticket(side, order), Origin::Window).await;
    answer.map(place_answer).map_err(of_desk)
}

#[tauri::command(rename = "canSubmitOrder")]
pub(crate) async fn can_submit_order(
    shell: State<'_, Shell>,
    order: Body<OrderQuestion>,
) -> Result<wire::Verdict, WireFault> {
    let OrderQuestion {
        side,
        symbol,
        qty,
        r#type,
        price,
        stop_price,
        take_profit,
        stop_ticks,
        take_profit_ticks,
        trail_ticks,
    } = order.0;
    let side = match side {
        wire::Side::Buy => Side::Buy,
        wire::Side::Sell => Side::Sell,
    };
    let session = shell.session();
    // What the ticket shows needs its prices, and its terms compared, before it is sent.
    session.watch(&symbol).await;
    let order = OrderRequest {
        symbol,
        qty,
        r#type,
        price,
        stop_price,
        take_profit,
        stop_ticks,
        take_profit_ticks,
        trail_ticks,
    };
    let verdict = session.desk().judge(ticket(side, order)).await.map_err(of_desk)?;
    Ok(match verdict {
        Ok(verdict) => verdict_of(&verdict),
        Err(refusal) => denied(refusal.reason(), refusal.to_string()),
    })
}

#[tauri::command(rename = "cancelOrder", rename_all = "camelCase")]
pub(crate) async fn cancel_order(shell: State<'_, Shell>, order_id: Body<String>) -> Result<(), WireFault> {
    let id: OrderId = order_id.0.parse().map_err(|_| not_working(&order_id.0))?;
    match shell.session().desk().cancel(id, Origin::Window).await.map_err(of_desk)? {
        CancelAnswer::Asked => Ok(()),
        CancelAnswer::NotWorking => Err(not_working(&order_id.0)),
    }
}

#[tauri::command(rename = "flattenAll")]
pub(crate) async fn flatten_all(shell: State<'_, Shell>) -> Result<wire::FlattenAnswer, WireFault> {
    flatten_now(&shell.session()).await
}

/// Closes and cancels everything. On an account that nobody has told of yet it closes nothing, and must not
/// say that it is flat.
pub(crate) async fn flatten_now(session: &Session) -> Result<wire::FlattenAnswer, WireFault> {
    if session.is_seeking() {
        let words = "nothing was closed: there is no connection yet, and what is open is not known here; \
             flatten in NinjaTrader itself";
        return Err(WireFault::NotConnected(words.to_owned()));
    }
    let receipt = session.desk().flatten_all(Origin::Window).await.map_err(of_desk)?;
    Ok(flatten_answer(session.listing(), &receipt))
}

fn not_working(id: &str) -> WireFault {
    WireFault::BadRequest(format!("{id} is not an order that works"))
}

fn ticket(side: Side, order: OrderRequest) -> Ticket {
    let text = |decimal: Option<DecimalText>| decimal.map(|it| it.0);
    Ticket {
        symbol: order.symbol,
        side,
        qty: order.qty.0,
        kind: match order.r#type {
            wire::OrderType::Market => TicketKind::Market,
            wire::OrderType::Limit => TicketKind::Limit,
        },
        price: text(order.price),
        stop: text(order.stop_price),
        target: text(order.take_profit),
        guard: Box::new(GuardWords {
            stop_ticks: text(order.stop_ticks),
            target_ticks: text(order.take_profit_ticks),
            trail_ticks: text(order.trail_ticks),
            even_after_ticks: None,
            even_plus_ticks: None,
        }),
    }
}

pub(crate) fn place_answer(answer: PlaceAnswer) -> wire::PlaceAnswer {
    let PlaceAnswer { order, status, refusal, failed, unknown } = answer;
    let code = refusal.as_ref().map(phantom_compliance::Refusal::reason);
    wire::PlaceAnswer {
        order_id: order.to_string(),
        status: status.word().to_owned(),
        reason: code.or(failed.map(phantom_model::FailReason::code)).map(str::to_owned),
        message: refusal.map(|refusal| refusal.to_string()),
        unknown,
    }
}

fn verdict_of(verdict: &Verdict) -> wire::Verdict {
    let count = |contracts: u64| Some(u32::try_from(contracts).unwrap_or(u32::MAX));
    let warning = |it: &Warning| wire::WarningRow { code: it.code().to_owned(), words: it.to_string() };
    let answer = match &verdict.answer {
        Ok(Aim::Opens) => wire::Verdict { effect: Some(wire::Effect::Opens), ..let_through() },
        Ok(Aim::Reduces) => wire::Verdict { effect: Some(wire::Effect::Reduces), ..let_through() },
        Err(refusal) => denied(refusal.reason(), refusal.to_string()),
    };
    wire::Verdict {
        warnings: verdict.warnings.iter().map(warning).collect(),
        worst: verdict.worst.as_ref().filter(|_| verdict.answer != Ok(Aim::Reduces)).map(worst_of),
        buy_left: count(verdict.buy),
        sell_left: count(verdict.sell),
        ..answer
    }
}

fn worst_of(worst: &WorstCase) -> wire::WorstCase {
    let left = worst.left.iter().map(|(rule, left)| wire::WorstLeft {
        rule: rule.code().to_owned(),
        words: rule.words().to_owned(),
        left: left.cents_text(),
    });
    wire::WorstCase { loss: worst.loss.cents_text(), equity: worst.equity.cents_text(), left: left.collect() }
}

const fn let_through() -> wire::Verdict {
    wire::Verdict {
        allowed: true,
        reason: None,
        message: None,
        effect: None,
        warnings: Vec::new(),
        worst: None,
        buy_left: None,
        sell_left: None,
    }
}

fn denied(reason: &str, message: String) -> wire::Verdict {
    let (reason, message) = (Some(reason.to_owned()), Some(message));
    wire::Verdict { allowed: false, reason, message, ..let_through() }
}

/// A receipt on the wire.
pub(crate) fn flatten_answer(listing: &Listing, receipt: &FlattenReceipt) -> wire::FlattenAnswer {
    let closed = |row: &ClosedPosition| wire::ClosedPosition {
        symbol: listing.root(row.contract).to_owned(),
        qty: row.qty,
        exit_price: mean_text(listing, row.contract, row.exit_cost_ticks, row.qty.into()),
        order_id: row.order.to_string(),
        realized_pnl: row.realized.cents_text(),
    };
    let open = |&(contract, net)| wire::OpenPosition {
        symbol: listing.root(contract).to_owned(),
        qty: contracts(net),
    };
    wire::FlattenAnswer {
        status: if receipt.flat { wire::FlattenStatus::Flat } else { wire::FlattenStatus::NotFlat },
        closed_positions: receipt.closed.iter().map(closed).collect(),
        cancelled: receipt.cancelled.iter().map(OrderId::to_string).collect(),
        still_open: receipt.still_open.iter().map(open).collect(),
    }
}
