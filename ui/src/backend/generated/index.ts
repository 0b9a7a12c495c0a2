// The shapes that cross between the shell and the interface.
// Written from the crate `phantom-wire` by its tests; do not edit.

export type Side = "BUY" | "SELL";

export type OrderType = "MARKET" | "LIMIT";

export type OrderRequest = { 
/**
 * A root or an alias.
 */
symbol: string, 
/**
 * Contracts.
 */
qty: DecimalText, 
/**
 * Market or limit.
 */
type: OrderType, 
/**
 * The limit price.
 */
price?: DecimalText | null, 
/**
 * The stop-loss.
 */
stopPrice?: DecimalText | null, 
/**
 * The take-profit.
 */
takeProfit?: DecimalText | null, };

export type OrderQuestion = { 
/**
 * Buy or sell.
 */
side: Side, 
/**
 * A root or an alias.
 */
symbol: string, 
/**
 * Contracts.
 */
qty: DecimalText, 
/**
 * Market or limit.
 */
type: OrderType, 
/**
 * The limit price.
 */
price?: DecimalText | null, 
/**
 * The stop-loss.
 */
stopPrice?: DecimalText | null, 
/**
 * The take-profit.
 */
takeProfit?: DecimalText | null, };

export type PlaceAnswer = { 
/**
 * Refused orders have one too.
 */
orderId: string, 
/**
 * Where it stands: `ACCEPTED`.
 */
status: string, 
/**
 * The stable code of a refusal.
 */
reason: string | null, 
/**
 * The refusal in words.
 */
message: string | null, 
/**
 * The broker's answer is overdue.
 */
unknown: boolean, };

export type FlattenStatus = "FLAT" | "NOT_FLAT";

export type FlattenAnswer = { 
/**
 * Whether everything is flat.
 */
status: FlattenStatus, 
/**
 * What was closed, by exit order.
 */
closedPositions: Array<ClosedPosition>, 
/**
 * Orders that were taken out of the market.
 */
cancelled: Array<string>, 
/**
 * What is still open.
 */
stillOpen: Array<OpenPosition>, };

export type ClosedPosition = { 
/**
 * The root.
 */
symbol: string, 
/**
 * Contracts closed.
 */
qty: number, 
/**
 * The average fill.
 */
exitPrice: string | null, 
/**
 * The exit order.
 */
orderId: string, 
/**
 * Gross profit in US dollars.
 */
realizedPnl: string, };

export type OpenPosition = { 
/**
 * The root.
 */
symbol: string, 
/**
 * Contracts, below zero when short.
 */
qty: number, };

export type Effect = "OPENS" | "REDUCES";

export type Verdict = { 
/**
 * Whether the order may leave.
 */
allowed: boolean, 
/**
 * The stable code of the refusal.
 */
reason: string | null, 
/**
 * The refusal in words.
 */
message: string | null, 
/**
 * What it would do; `null` when it may not leave.
 */
effect: Effect | null, };

export type PasswordPlace = "KEYCHAIN" | "MEMORY";

export type PasswordAnswer = { 
/**
 * Where it is kept.
 */
stored: PasswordPlace, };

export type MarketControl = { 
/**
 * Whether prices stand still.
 */
pause: boolean, } | { 
/**
 * How fast.
 */
speed: number | "max", };

export type LogAction = "SUBMIT" | "ACCEPT" | "FILL" | "REJECT" | "FAIL" | "CANCEL" | "CHANGE" | "PROTECT" | "STOP" | "TARGET" | "FLATTEN" | "CLOSE" | "ALARM" | "HALT";

export type LogRow = { 
/**
 * Counts from 1, without gaps.
 */
n: number, 
/**
 * The order that it is about.
 */
orderId: string | null, 
/**
 * What happened.
 */
action: LogAction, 
/**
 * The root.
 */
symbol: string | null, 
/**
 * Buy or sell.
 */
side: Side | null, 
/**
 * Contracts.
 */
qty: number | null, 
/**
 * The limit price, or the print that fired.
 */
price: string | null, 
/**
 * The price of an execution.
 */
fillPrice: string | null, 
/**
 * When it happened, on the market's clock.
 */
timestamp: string, 
/**
 * Why, as a stable code and, where there are words, these.
 */
reason: string | null, 
/**
 * Where the order stands after it.
 */
status: string | null, };

export type PositionRow = { 
/**
 * The root.
 */
symbol: string, 
/**
 * The contract: `NQ 12-26`.
 */
contract: string, 
/**
 * Contracts, below zero when short.
 */
qty: number, 
/**
 * The average entry, to a hundredth of a tick.
 */
avgPrice: string | null, 
/**
 * The last good trade.
 */
lastPrice: string | null, 
/**
 * Open profit in US dollars.
 */
unrealizedPnl: string | null, 
/**
 * Closed profit in US dollars.
 */
realizedPnl: string, 
/**
 * Fees in US dollars.
 */
fees: string, 
/**
 * Contracts that a stop watches or that are on their way out.
 */
protectedQty: number, };

export type WorkingRow = { 
/**
 * The order.
 */
orderId: string, 
/**
 * The root.
 */
symbol: string, 
/**
 * Buy or sell.
 */
side: Side, 
/**
 * Contracts ordered.
 */
qty: number, 
/**
 * Contracts filled.
 */
filled: number, 
/**
 * Market or limit.
 */
type: OrderType, 
/**
 * The limit price.
 */
price: string | null, 
/**
 * Where it stands.
 */
status: string, 
/**
 * The broker's answer is overdue.
 */
unknown: boolean, 
/**
 * When it was recorded.
 */
submittedAt: string, 
/**
 * Its cancel is on the way.
 */
cancelling: boolean, };

export type PhantomState = "ARMED" | "EXITING" | "UNPROTECTED";

export type PhantomRow = { 
/**
 * The lot.
 */
lot: string, 
/**
 * The root.
 */
symbol: string, 
/**
 * The side that opened the lot.
 */
side: Side, 
/**
 * Contracts open.
 */
qty: number, 
/**
 * The average entry, to a hundredth of a tick.
 */
entryPrice: string, 
/**
 * The stop, where it is now.
 */
stopPrice: string | null, 
/**
 * The target.
 */
takeProfit: string | null, 
/**
 * The stop follows the market.
 */
trailing: boolean, 
/**
 * How it stands.
 */
state: PhantomState, 
/**
 * Ticks from the last trade to the stop; zero or less when it is reached.
 */
stopDistanceTicks: number | null, 
/**
 * Ticks from the last trade to the target; zero or less when it is reached.
 */
targetDistanceTicks: number | null, };

export type QuoteRow = { 
/**
 * The root.
 */
symbol: string, 
/**
 * The last trade.
 */
last: string | null, 
/**
 * The best bid.
 */
bid: string | null, 
/**
 * The best ask.
 */
ask: string | null, 
/**
 * When it was seen, on the market's clock.
 */
at: string | null, };

export type DeskMode = "MOCK";

export type FeedState = "SIMULATED" | "FILE" | "ENDED";

export type DeskStatus = { 
/**
 * Which broker fills the orders.
 */
mode: DeskMode, 
/**
 * The market's time.
 */
marketTime: string | null, 
/**
 * The kill switch is on.
 */
killed: boolean, 
/**
 * A rule has locked the account.
 */
lockedOut: boolean, 
/**
 * A flatten has not answered yet.
 */
flattening: boolean, 
/**
 * Openings are blocked until a person has looked.
 */
latched: boolean, 
/**
 * Closed profit in US dollars.
 */
dayRealized: string, 
/**
 * Open profit in US dollars.
 */
dayUnrealized: string, 
/**
 * Fees in US dollars.
 */
dayFees: string, 
/**
 * Prices stand still.
 */
paused: boolean, 
/**
 * Where prices come from.
 */
feed: FeedState, 
/**
 * Whether a sell may open a short position.
 */
shortSelling: boolean, };

export type InstrumentRow = { 
/**
 * The root.
 */
symbol: string, 
/**
 * The name to show: `ENQ` for `NQ`, else the root.
 */
alias: string, 
/**
 * The name in words.
 */
name: string, 
/**
 * The contract: `NQ 12-26`.
 */
contract: string, 
/**
 * The tick size in points.
 */
tickSize: string, 
/**
 * What one tick of one contract is worth, in US dollars.
 */
tickValue: string, 
/**
 * Decimals of a price.
 */
decimals: number, 
/**
 * What one point of one contract is worth, in US dollars.
 */
pointValue: string, };

export type Snapshot = { 
/**
 * The number of the last batch that it holds.
 */
seq: number, 
/**
 * The newest rows of the order log, oldest first.
 */
log: Array<LogRow>, 
/**
 * Contracts that have been traded.
 */
positions: Array<PositionRow>, 
/**
 * Orders that may still fill.
 */
working: Array<WorkingRow>, 
/**
 * Lots that are watched.
 */
phantoms: Array<PhantomRow>, 
/**
 * Newest prices.
 */
quotes: Array<QuoteRow>, 
/**
 * The desk as a whole.
 */
desk: DeskStatus, };

export type OrderLogEvent = { 
/**
 * The number of the batch.
 */
seq: number, 
/**
 * New rows, oldest first.
 */
rows: Array<LogRow>, };

export type PositionUpdateEvent = { 
/**
 * The number of the batch.
 */
seq: number, 
/**
 * Contracts that have been traded.
 */
positions: Array<PositionRow>, };

export type DeskUpdateEvent = { 
/**
 * The number of the batch.
 */
seq: number, 
/**
 * Orders that may still fill.
 */
working: Array<WorkingRow>, 
/**
 * Lots that are watched.
 */
phantoms: Array<PhantomRow>, 
/**
 * Newest prices.
 */
quotes: Array<QuoteRow>, 
/**
 * The desk as a whole.
 */
desk: DeskStatus, };

export type BrokerChoice = "MOCK" | "NINJATRADER";

export type MarketSource = { "kind": "SIMULATED", } | { "kind": "FILE", 
/**
 * Where it lies.
 */
path: string, };

export type Settings = { 
/**
 * The layout of these settings.
 */
version: 1, 
/**
 * Which broker to trade with.
 */
broker: BrokerChoice, 
/**
 * How to reach `NinjaTrader`.
 */
ninjatrader: { 
/**
 * A host name or an address.
 */
host: string, 
/**
 * 1 to 65 535.
 */
port: number, 
/**
 * The account's name there.
 */
account: string, 
/**
 * The user's name there.
 */
username: string, }, 
/**
 * The simulated market.
 */
mock: { 
/**
 * What every draw comes from: a whole number of at most 64 bits.
 */
seed: string, 
/**
 * The shortest way to the market, in milliseconds.
 */
delayMsMin: number, 
/**
 * The longest way to the market, in milliseconds.
 */
delayMsMax: number, 
/**
 * The least that a market fill is worse than the print, in ticks.
 */
slippageTicksMin: number, 
/**
 * The most that a market fill is worse than the print, in ticks.
 */
slippageTicksMax: number, 
/**
 * Where prices come from.
 */
source: MarketSource, 
/**
 * Times the speed of the clock, 1 to 1000; 0 is as fast as possible.
 */
speed: number, }, 
/**
 * What the trader allows, and what the ticket starts with.
 */
trading: { 
/**
 * Whether a sell may open a short position.
 */
shortSelling: boolean, 
/**
 * The largest order, in mini-equivalents.
 */
orderMaxMinis: string, 
/**
 * The largest position of the account, in mini-equivalents.
 */
positionMaxMinis: string, 
/**
 * The quantity that a ticket starts with.
 */
defaultQty: number, 
/**
 * The symbol that a ticket starts with.
 */
defaultSymbol: string, }, };

export type SettingFault = { 
/**
 * The path of the setting: `mock.seed`.
 */
field: string, 
/**
 * What is wrong, and what would be right.
 */
message: string, };

export type WireFault = { "code": "bad_request", "detail": string } | { "code": "busy", "detail": string } | { "code": "stopped", "detail": string } | { "code": "settings_invalid", "detail": SettingFault } | { "code": "positions_open", "detail": string } | { "code": "not_connected", "detail": string } | { "code": "no_credential_store", "detail": string } | { "code": "market_file", "detail": string };

export type FlattenNews = { "stage": "UNDER_WAY" } | { "stage": "ANSWERED", 
/**
 * What became of it.
 */
answer: FlattenAnswer, } | { "stage": "FAILED", 
/**
 * Why.
 */
fault: WireFault, };

export type DecimalText = string | number;
