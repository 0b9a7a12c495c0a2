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
takeProfit?: DecimalText | null, 
/**
 * The stop-loss as ticks from the average entry, instead of a price.
 */
stopTicks?: DecimalText | null, 
/**
 * The take-profit as ticks from the average entry, instead of a price.
 */
takeProfitTicks?: DecimalText | null, 
/**
 * A stop that trails the best trade at so many ticks.
 */
trailTicks?: DecimalText | null, };

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
takeProfit?: DecimalText | null, 
/**
 * The stop-loss as ticks from the average entry, instead of a price.
 */
stopTicks?: DecimalText | null, 
/**
 * The take-profit as ticks from the average entry, instead of a price.
 */
takeProfitTicks?: DecimalText | null, 
/**
 * A stop that trails the best trade at so many ticks.
 */
trailTicks?: DecimalText | null, };

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
effect: Effect | null, 
/**
 * What does not stop it but should be seen.
 */
warnings: Array<WarningRow>, 
/**
 * What it can lose; `null` without rules, and for an order that only closes.
 */
worst: WorstCase | null, 
/**
 * Contracts that a buy may still have, as far as sizes go; `null` where the order cannot be read.
 */
buyLeft: number | null, 
/**
 * Contracts that a sell may still have, as far as sizes go.
 */
sellLeft: number | null, };

export type WarningRow = { 
/**
 * The stable code.
 */
code: string, 
/**
 * In words.
 */
words: string, };

export type WorstCase = { 
/**
 * What this order loses of it, in US dollars, slippage and fees in it.
 */
loss: string, 
/**
 * The equity that is left then.
 */
equity: string, 
/**
 * What is left of each limit then; below zero where it is broken.
 */
left: Array<WorstLeft>, };

export type WorstLeft = { 
/**
 * The stable code of the rule.
 */
rule: string, 
/**
 * What people call it, in the middle of a sentence.
 */
words: string, 
/**
 * US dollars.
 */
left: string, };

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

export type ChangeRequest = { 
/**
 * The order.
 */
orderId: string, 
/**
 * Contracts of the whole order, what is filled included.
 */
qty?: DecimalText | null, 
/**
 * The limit price.
 */
price?: DecimalText | null, };

export type AmendAnswer = { 
/**
 * Whether the desk does it. What the broker makes of it is told by the order log.
 */
accepted: boolean, 
/**
 * The stable code of the refusal.
 */
reason: string | null, 
/**
 * The refusal in words.
 */
message: string | null, };

export type ProtectRequest = { 
/**
 * What is to be protected.
 */
whom: Protected, 
/**
 * What becomes of the stop; left out, it stays.
 */
stop?: StopChange | null, 
/**
 * What becomes of the target; left out, it stays.
 */
target?: TargetChange | null, 
/**
 * What becomes of the move to break-even; left out, it stays.
 */
breakEven?: BreakEvenChange | null, };

export type Protected = { "kind": "LOT", 
/**
 * Its id: `L3`.
 */
lot: string, } | { "kind": "POSITION", 
/**
 * A root or an alias.
 */
symbol: string, };

export type StopChange = { "kind": "REMOVE", } | { "kind": "AT", 
/**
 * Where.
 */
price: DecimalText, } | { "kind": "FIX", 
/**
 * Where.
 */
price: DecimalText, } | { "kind": "AWAY", 
/**
 * How far.
 */
ticks: DecimalText, } | { "kind": "TRAIL", 
/**
 * How far.
 */
ticks: DecimalText, };

export type TargetChange = { "kind": "REMOVE", } | { "kind": "AT", 
/**
 * Where.
 */
price: DecimalText, } | { "kind": "AWAY", 
/**
 * How far.
 */
ticks: DecimalText, };

export type BreakEvenChange = { "kind": "REMOVE", } | { "kind": "SET", 
/**
 * How far the trade must be.
 */
afterTicks: DecimalText, 
/**
 * How far beyond the entry the stop then is.
 */
plusTicks?: DecimalText | null, };

export type ProtectAnswer = { 
/**
 * Whether every lot has it.
 */
accepted: boolean, 
/**
 * The stable code of the first refusal.
 */
reason: string | null, 
/**
 * That refusal in words.
 */
message: string | null, 
/**
 * Each lot, oldest first; one that was as asked already is not among them.
 */
lots: Array<LotProtection>, };

export type LotProtection = { 
/**
 * The lot.
 */
lot: string, 
/**
 * The stop that stands; `null` for none, or where the change was refused.
 */
stopPrice: string | null, 
/**
 * The target that stands; `null` for none, or where the change was refused.
 */
takeProfit: string | null, 
/**
 * The stable code of the refusal; everything stays as it was then.
 */
reason: string | null, };

export type Decision = "TAKE_BROKERS" | "KEEP_OURS";

export type DecideRequest = { 
/**
 * A root or an alias.
 */
symbol: string, 
/**
 * Whose number.
 */
decision: Decision, 
/**
 * What fills prove, as it was shown.
 */
ours: number, 
/**
 * What the broker says, as it was shown.
 */
broker: number, };

export type ClosePart = "ALL" | "HALF";

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
status: string | null, 
/**
 * Milliseconds since the order was recorded, on the market's clock; `null` for what is about no order,
 * and for the row that records it.
 */
sinceMs: number | null, 
/**
 * The lot or the flatten whose receipt tells more: `L0`, `F0`.
 */
receipt: string | null, };

export type TradeBy = "STOP" | "TARGET" | "ORDER" | "FLATTEN" | "LOCKOUT" | "OUTSIDE";

export type TradeRow = { 
/**
 * Counts from 1, without gaps.
 */
n: number, 
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
 * Contracts closed.
 */
qty: number, 
/**
 * What they were opened at.
 */
entryPrice: string, 
/**
 * What they were closed at.
 */
exitPrice: string, 
/**
 * When the lot's first fill came.
 */
enteredAt: string, 
/**
 * When they were closed.
 */
exitedAt: string, 
/**
 * What closed them.
 */
by: TradeBy, 
/**
 * The order that opened the lot.
 */
entryOrderId: string, 
/**
 * The order that closed them.
 */
exitOrderId: string, 
/**
 * Gross profit in US dollars; what is taken back where the row undoes one.
 */
realizedPnl: string, 
/**
 * The exchange took one of the two executions back: this row undoes an earlier one.
 */
undone: boolean, };

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
 * Open profit in US dollars, at the last good trade.
 */
unrealizedPnl: string | null, 
/**
 * Open profit in US dollars if it were closed at the bid or the ask; `null` without one.
 */
liquidationPnl: string | null, 
/**
 * What the open contracts would have lost at the first stop of each, in US dollars: the unit R. `null`
 * while flat, and where a lot had no first stop that loses.
 */
firstRisk: string | null, 
/**
 * When the first fill of the oldest open lot came; `null` while flat.
 */
openedAt: string | null, 
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
cancelling: boolean, 
/**
 * New terms are on the way; until the broker answers, the larger quantity counts.
 */
changing: boolean, 
/**
 * Contracts that it is to have.
 */
newQty: number | null, 
/**
 * The limit price that it is to have.
 */
newPrice: string | null, 
/**
 * It only closes.
 */
reduces: boolean, 
/**
 * A limit order of the trader's, so that its terms can be changed.
 */
changeable: boolean, };

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
 * How far behind the best trade it follows, in ticks.
 */
trailTicks: number | null, 
/**
 * A move to break-even waits for its trade.
 */
breakEven: boolean, 
/**
 * What the lot makes if its stop fills at its price, in US dollars.
 */
stopPnl: string | null, 
/**
 * What the lot makes if its target fills at its price, in US dollars.
 */
targetPnl: string | null, 
/**
 * When its first fill came.
 */
openedAt: string, 
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
targetDistanceTicks: number | null, 
/**
 * What was passed while the desk was away, and waits for a person or for the price to come back.
 */
passed: LegWord | null, };

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

export type DeskMode = "MOCK" | "SIM" | "LIVE" | "OFFLINE";

export type FeedState = "SIMULATED" | "FILE" | "ENDED" | "BROKER" | "SILENT";

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
 * The broker cannot be reached.
 */
notConnected: boolean, 
/**
 * What happened at the broker meanwhile is being asked.
 */
reconciling: boolean, 
/**
 * No prices come: stops and targets see nothing.
 */
blind: boolean, 
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
pointValue: string, 
/**
 * Fees per contract and side, in US dollars.
 */
feePerSide: string, };

export type DeskStanding = { 
/**
 * The account that is traded, as its broker names it.
 */
account: string, 
/**
 * The connection to the broker; `null` for the simulated one.
 */
broker: BrokerLink | null, 
/**
 * What protects what is open.
 */
protection: ProtectionLine, 
/**
 * How long the broker takes to answer.
 */
latency: OrderLatency, 
/**
 * Since when the newest price is there, in milliseconds of the wall's clock.
 */
feedAgeMs: number | null, 
/**
 * The account's worst case against its limit.
 */
positionLimit: LimitUse | null, 
/**
 * Where the broker's own number of a position is not ours.
 */
differences: Array<DifferenceRow>, 
/**
 * Why entries are stopped until a person has looked.
 */
latches: Array<LatchRow>, 
/**
 * The flatten under way, or the last one while it watches for late fills.
 */
flatten: FlattenProgress | null, };

export type ProtectionLine = { 
/**
 * Contracts open, of either side.
 */
openContracts: number, 
/**
 * Contracts whose stop this program watches: it ends with the program.
 */
inAppContracts: number, 
/**
 * Contracts whose exit is on its way.
 */
exitingContracts: number, 
/**
 * Contracts with neither.
 */
unprotectedContracts: number, 
/**
 * Contracts of lots that gave up: every exit was refused.
 */
givenUpContracts: number, 
/**
 * What the open contracts with a stop make, in US dollars, if every stop fills at its price;
 * `null` without any.
 */
stopsFillPnl: string | null, 
/**
 * No prices come, so no stop can fire.
 */
blind: boolean, };

export type OrderLatency = { 
/**
 * The last answer, in milliseconds.
 */
lastMs: number | null, 
/**
 * 95 of 100 answers came within this many milliseconds, of the newest hundred.
 */
p95Ms: number | null, };

export type LimitUse = { 
/**
 * What the worst case takes, in mini-equivalents.
 */
used: string, 
/**
 * What is allowed.
 */
limit: string, 
/**
 * What is left.
 */
left: string, 
/**
 * Used, in hundredths of the limit, at most 100.
 */
percent: number, };

export type DifferenceState = "SUSPECTED" | "CONFIRMED" | "DISMISSED";

export type DifferenceRow = { 
/**
 * The root.
 */
symbol: string, 
/**
 * The contract.
 */
contract: string, 
/**
 * What fills prove now, below zero when short.
 */
ours: number, 
/**
 * What the broker says, below zero when short.
 */
broker: number, 
/**
 * What is known of it.
 */
state: DifferenceState, 
/**
 * Since when.
 */
since: string, };

export type LatchRow = { 
/**
 * The root of the contract that is stopped; `null` for the whole account.
 */
symbol: string | null, 
/**
 * The stable code of the cause.
 */
reason: string, 
/**
 * The order that it is about.
 */
orderId: string | null, };

export type FlattenStage = "CANCELLING" | "EXITING" | "FLAT" | "NOT_FLAT";

export type FlattenProgress = { 
/**
 * Which one: `F0`.
 */
flatten: string, 
/**
 * How far it is.
 */
stage: FlattenStage, 
/**
 * When it began, on the market's clock.
 */
startedAt: string, 
/**
 * Orders whose cancel it asked for.
 */
cancelsAsked: number, 
/**
 * Of these, answered by the broker.
 */
cancelsAnswered: number, 
/**
 * Exits sent.
 */
exitsSent: number, 
/**
 * Of these, refused or gone without a fill.
 */
exitsFailed: number, 
/**
 * Contracts in the exits that were sent and have not failed.
 */
contractsSent: number, 
/**
 * Contracts filled of them.
 */
contractsFilled: number, 
/**
 * The broker's reason for the last exit that failed, as a stable code.
 */
lastFailure: string | null, 
/**
 * Milliseconds from the start until the last cancel was answered.
 */
cancelledMs: number | null, 
/**
 * Milliseconds from the start until the first exit left.
 */
exitsMs: number | null, 
/**
 * Milliseconds from the start until the last fill so far.
 */
filledMs: number | null, 
/**
 * Milliseconds from the start until it answered.
 */
answeredMs: number | null, };

export type LinkStage = "CONNECTING" | "WAITING" | "READING" | "TAKING_OVER" | "AWAITS_CONFIRMATION" | "PLATFORM_DOWN" | "UP" | "STUCK";

export type AccountKind = "SIM" | "LIVE";

export type BrokerLink = { 
/**
 * How far it is.
 */
stage: LinkStage, 
/**
 * The same in words, with what to do where a person must do something.
 */
words: string, 
/**
 * Where it leads: `127.0.0.1:36985`.
 */
place: string, 
/**
 * Tries that failed since it stood the last time.
 */
attempts: number, 
/**
 * Until the next try, in milliseconds of the wall's clock.
 */
retryInMs: number | null, 
/**
 * Name and version of the other side.
 */
server: string | null, 
/**
 * The platform behind it, with its version.
 */
platform: string | null, 
/**
 * The account, as the other side names it.
 */
account: string | null, 
/**
 * Who provides the account.
 */
provider: string | null, 
/**
 * What kind of account it is; `null` before the other side has told it.
 */
kind: AccountKind | null, 
/**
 * One question and its answer, in microseconds.
 */
latencyMicros: number | null, 
/**
 * What a person should know although it works.
 */
warnings: Array<string>, };

export type ConnectionTest = { 
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
 * Whose password is used where none is given.
 */
username: string, 
/**
 * The bridge secret as it was typed; `null` for the one that is kept.
 */
password: string | null, };

export type ConnectionFound = { 
/**
 * Name and version of the other side.
 */
server: string | null, 
/**
 * The platform behind it, with its version.
 */
platform: string | null, 
/**
 * The account.
 */
account: string | null, 
/**
 * Who provides it.
 */
provider: string | null, 
/**
 * What kind of account it is.
 */
kind: AccountKind | null, 
/**
 * One question and its answer, in microseconds.
 */
latencyMicros: number | null, 
/**
 * Whether orders could be sent, in words.
 */
words: string, 
/**
 * What a person should know.
 */
warnings: Array<string>, 
/**
 * The desk itself is connected there: this is what its own connection says.
 */
byDesk: boolean, };

export type SoundKind = "FILL" | "REFUSAL" | "STOP" | "UNPROTECTED" | "BLIND" | "FLAT" | "NOT_FLAT" | "LOCKOUT";

export type Sounds = { 
/**
 * 0 for silence to 100.
 */
volume: number, 
/**
 * The sounds that are switched off.
 */
off: Array<SoundKind>, };

export type SoundAnswer = { 
/**
 * Whether a device plays it.
 */
played: boolean, 
/**
 * Why not, or on which device.
 */
words: string, };

export type LicenceRow = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its version.
 */
version: string, 
/**
 * Its licence, as its package says.
 */
licence: string, };

export type AboutAnswer = { 
/**
 * Of the program.
 */
version: string, 
/**
 * Of the window's shell.
 */
shell: string, 
/**
 * Of the system's web view; `null` when it does not say.
 */
webView: string | null, 
/**
 * Version of the protocol to `NinjaTrader`'s `AddOn`.
 */
bridge: number, 
/**
 * The crates that the program is built from.
 */
licences: Array<LicenceRow>, 
/**
 * Every command of the window, as a page would call it.
 */
commands: Array<string>, 
/**
 * Every event that the window hears.
 */
events: Array<string>, };

export type FolderAnswer = { 
/**
 * Where it lies.
 */
path: string, 
/**
 * What its files take, in bytes, as text: a number of any size.
 */
bytes: string, 
/**
 * What is free on its disk, in bytes; `null` when the system does not say.
 */
freeBytes: string | null, 
/**
 * Files in it.
 */
files: number, 
/**
 * The journal of the running desk; `null` for a rehearsal.
 */
journal: string | null, 
/**
 * Where the settings lie.
 */
settings: string, };

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
 * The newest closed trades, oldest first.
 */
trades: Array<TradeRow>, 
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
desk: DeskStatus, 
/**
 * How it stands.
 */
standing: DeskStanding, };

export type OrderLogEvent = { 
/**
 * The number of the batch.
 */
seq: number, 
/**
 * New rows, oldest first.
 */
rows: Array<LogRow>, 
/**
 * New closed trades, oldest first.
 */
trades: Array<TradeRow>, };

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
desk: DeskStatus, 
/**
 * How it stands.
 */
standing: DeskStanding, };

export type DecidedRow = { 
/**
 * The lot.
 */
lot: string, 
/**
 * The root.
 */
symbol: string, 
/**
 * Whether it is the stop; else the target.
 */
isStop: boolean, 
/**
 * The price that decided.
 */
price: string | null, };

export type MissedRow = { 
/**
 * Its order.
 */
orderId: string, 
/**
 * The root.
 */
symbol: string, 
/**
 * Contracts.
 */
qty: number, 
/**
 * The price.
 */
price: string, };

export type RecoveryAnswer = { 
/**
 * The run before had crashed or was killed.
 */
afterCrash: boolean, 
/**
 * The computer slept, or gave the program no time: the program itself went on.
 */
slept: boolean, 
/**
 * Since when nothing was seen, on the market's clock.
 */
since: string, 
/**
 * When the desk was back.
 */
returnedAt: string, 
/**
 * What becomes of a stop or target whose price was passed meanwhile.
 */
policy: PassedPolicy, 
/**
 * Everything has been decided.
 */
done: boolean, 
/**
 * Milliseconds that reading the journal took.
 */
tookMs: number, 
/**
 * Facts that were read.
 */
facts: number, 
/**
 * Orders that may still have been filling.
 */
liveOrders: number, 
/**
 * Lots that were open.
 */
openLots: number, 
/**
 * Stops and targets that are armed again.
 */
phantoms: number, 
/**
 * Fills that had happened meanwhile.
 */
missedFills: Array<MissedRow>, 
/**
 * Orders that had ended meanwhile.
 */
ended: Array<string>, 
/**
 * Orders at the broker that are not ours.
 */
outside: Array<string>, 
/**
 * Roots whose position the broker has otherwise.
 */
differing: Array<string>, 
/**
 * Exits that the journal had lost and the broker knew.
 */
found: Array<DecidedRow>, 
/**
 * What fired with the first price that counted.
 */
fired: Array<DecidedRow>, 
/**
 * What was passed and waits.
 */
passed: Array<DecidedRow>, 
/**
 * What was touched and came back, and did not fire.
 */
touched: Array<DecidedRow>, 
/**
 * What was wrong with the journal.
 */
damage: string | null, };

export type HistoryQuestion = { 
/**
 * Text in what a fact is about, its cause or its fields.
 */
text: string, 
/**
 * A root or an alias.
 */
symbol: string, 
/**
 * Kinds such as `orderFilled`; none for all.
 */
kinds: Array<string>, 
/**
 * A trading day such as `2026-11-23`.
 */
day: string, 
/**
 * Older than this number.
 */
before: number | null, };

export type HistoryIndex = { 
/**
 * The trading days that there are, newest first.
 */
days: Array<string>, 
/**
 * The roots that facts may be about.
 */
symbols: Array<string>, };

export type HistoryLine = { 
/**
 * Its number.
 */
seq: number, 
/**
 * When it happened, on the market's clock.
 */
at: string, 
/**
 * The trading day.
 */
day: string, 
/**
 * What happened.
 */
kind: string, 
/**
 * The order, lot or flatten that it is about.
 */
about: string | null, 
/**
 * The contract.
 */
contract: string | null, 
/**
 * Who or what caused it.
 */
cause: string | null, 
/**
 * The refusal that it tells of, in words.
 */
words: string | null, 
/**
 * The fact itself, as JSON text.
 */
line: string, };

export type HistoryAnswer = { 
/**
 * The facts.
 */
rows: Array<HistoryLine>, 
/**
 * Where the next page begins.
 */
older: number | null, };

export type WrittenAnswer = { 
/**
 * The file or folder.
 */
path: string, 
/**
 * Facts in it.
 */
facts: number, };

export type BundleAnswer = { 
/**
 * The folder.
 */
path: string, 
/**
 * The names of the files in it.
 */
files: Array<string>, 
/**
 * Facts in the timeline.
 */
facts: number, 
/**
 * Stops and targets that fired.
 */
firings: number, 
/**
 * Records of the journal that can be trusted, from the first on.
 */
records: number, 
/**
 * The hash that stands for all of them.
 */
chain: string, 
/**
 * What is wrong with the journal; `null` for nothing.
 */
damage: string | null, };

export type LegWord = "STOP" | "TARGET";

export type TriggerReceipt = { 
/**
 * The lot.
 */
lot: string, 
/**
 * The root.
 */
symbol: string, 
/**
 * The contract: `NQ 12-26`.
 */
contract: string, 
/**
 * The side that opened the lot; `null` where nothing of it is known any more.
 */
side: Side | null, 
/**
 * What fired.
 */
leg: LegWord, 
/**
 * Where it stood; `null` where the exit was found at the broker.
 */
level: string | null, 
/**
 * The trade that fired it; `null` where the exit was found at the broker.
 */
print: string | null, 
/**
 * The market's own stamp of that trade.
 */
printedAt: string | null, 
/**
 * How old the trade was when it fired, in microseconds.
 */
ageMicros: number | null, 
/**
 * When it was decided, on the market's clock.
 */
decidedAt: string, 
/**
 * The exits, in order.
 */
exits: Array<ExitRow>, 
/**
 * How much worse than the trade that fired it, in ticks summed over contracts; below zero is better.
 */
slippageTicks: number, 
/**
 * The same in US dollars.
 */
slippage: string, };

export type ExitRow = { 
/**
 * The order.
 */
orderId: string, 
/**
 * Contracts.
 */
qty: number, 
/**
 * When it was handed to the connection.
 */
sentAt: string, 
/**
 * When the broker's answer was there.
 */
acceptedAt: string | null, 
/**
 * Its executions.
 */
fills: Array<ExitFillRow>, 
/**
 * Why the broker refused it, as a stable code.
 */
failed: string | null, };

export type ExitFillRow = { 
/**
 * When.
 */
at: string, 
/**
 * Contracts.
 */
qty: number, 
/**
 * The price.
 */
price: string, };

export type FlattenReceipt = { 
/**
 * Which: `F0`.
 */
flatten: string, 
/**
 * When it began, on the market's clock.
 */
beganAt: string | null, 
/**
 * When it answered.
 */
answeredAt: string | null, 
/**
 * How often the answer was revised: by a late fill, or by what has been closed since.
 */
revisions: number, 
/**
 * The answer as it stands now.
 */
answer: FlattenAnswer, };

export type RulesChoice = { 
/**
 * The id of a rule pack: `topstep-combine-50k`.
 */
pack: string, 
/**
 * What differs from a new account of the pack, each `KEY=VALUE`.
 */
settings: Array<string>, };

export type PackRow = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name in words.
 */
title: string, 
/**
 * The day on which its rules were checked.
 */
checkedOn: string, 
/**
 * Where its rules are written.
 */
sources: Array<SourceRow>, };

export type SourceRow = { 
/**
 * What it is.
 */
title: string, 
/**
 * Where it is.
 */
url: string, 
/**
 * When it was read.
 */
readOn: string, };

export type RuleSetting = { 
/**
 * Its key.
 */
key: string, 
/**
 * What its values look like.
 */
right: string, 
/**
 * Its value now.
 */
value: string, };

export type RuleLevel = "FINE" | "WARNED" | "REACHED";

export type RuleAct = "WARN" | "FLATTEN" | "LOCK" | "FAIL";

export type RuleUse = { 
/**
 * The stable code.
 */
rule: string, 
/**
 * What people call it, in the middle of a sentence.
 */
words: string, 
/**
 * It is the firm's; else the trader's own.
 */
firms: boolean, 
/**
 * What is used of it, in US dollars.
 */
used: string, 
/**
 * All of it.
 */
limit: string, 
/**
 * The equity at which it is reached.
 */
line: string, 
/**
 * How far that is from the equity now.
 */
distance: string, 
/**
 * Hundredths used.
 */
percent: number, 
/**
 * Whether open profit counts; else closed trades alone do.
 */
byEquity: boolean, 
/**
 * What becomes of the account when it is reached.
 */
act: RuleAct, 
/**
 * How far it is.
 */
level: RuleLevel, };

export type LockoutRow = { 
/**
 * The stable code of the rule.
 */
cause: string, 
/**
 * The rule in words.
 */
words: string, 
/**
 * When it locked.
 */
since: string, 
/**
 * When it ends; `null` for good.
 */
until: string | null, };

export type AllowedRow = { 
/**
 * The root.
 */
symbol: string, 
/**
 * Contracts that a buy may still open.
 */
buy: number, 
/**
 * Contracts that a sell may still open.
 */
sell: number, 
/**
 * The stable code of what stops a buy of one contract now.
 */
reason: string | null, 
/**
 * When the desk closes it by itself today.
 */
flattenAt: string | null, 
/**
 * By when the firm wants it flat today.
 */
flatBy: string | null, };

export type RulesPanel = { 
/**
 * The market's time.
 */
at: string, 
/**
 * The id of the pack; `null` without rules.
 */
pack: string | null, 
/**
 * The day on which its rules were checked.
 */
checkedOn: string | null, 
/**
 * Why the rules cannot be used; then nothing opens.
 */
unusable: string | null, 
/**
 * The balance, in US dollars.
 */
balance: string, 
/**
 * The equity: open profit in it.
 */
equity: string, 
/**
 * The day's result: net of fees, open profit in it.
 */
result: string, 
/**
 * The equity if everything that works filled and every stop was hit.
 */
worstEquity: string, 
/**
 * The floor of the maximum loss now.
 */
floor: string | null, 
/**
 * The floor from the next session on, if the day ended with the equity of now.
 */
floorTomorrow: string | null, 
/**
 * Each limit and target of money.
 */
rules: Array<RuleUse>, 
/**
 * The size rule: what the worst case takes of it, in mini-equivalents.
 */
size: LimitUse | null, 
/**
 * Trades of the day.
 */
tradesUsed: number | null, 
/**
 * The most trades of a day.
 */
tradesMax: number | null, 
/**
 * What locks the account, oldest first.
 */
lockouts: Array<LockoutRow>, 
/**
 * The stable code of why entries are switched off.
 */
runAway: string | null, 
/**
 * Until when no limit can be loosened.
 */
limitsLockedUntil: string | null, 
/**
 * Other rules come with the next session.
 */
planned: boolean, 
/**
 * No rules are there from the next session on.
 */
lifts: boolean, 
/**
 * What may still be opened, contract by contract.
 */
allowed: Array<AllowedRow>, };

export type PassedPolicy = "FIRE" | "ASK" | "HOLD";

export type BrokerChoice = "MOCK" | "NINJATRADER";

export type MarketSource = { "kind": "SIMULATED", } | { "kind": "FILE", 
/**
 * Where it lies.
 */
path: string, };

export type HandlingChoice = { 
/**
 * A print further than this from the last good one is suspect, in ticks: 4 or more.
 */
bandTicks: number, 
/**
 * The same in hundredths of a percent of the price; the wider of the two counts.
 */
bandBasisPoints: number, 
/**
 * The most contracts of one exit of a flatten, 1 to 1000.
 */
clip: number, 
/**
 * How long a flatten waits for its cancels before its exits leave, in milliseconds, 0 to 2000.
 */
flattenWaitMs: number, 
/**
 * How far beyond each stop a second one stands at the broker, in ticks, up to 10000; 0 for none. Only
 * `NinjaTrader` keeps such stops.
 */
disasterTicks: number, };

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
speed: number, 
/**
 * What a simulated session has prices of from the start, besides what the ticket starts with and what is
 * open; left out: every instrument. What is asked for later gets prices then.
 */
symbols?: Array<string>, }, 
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
defaultSymbol: string, 
/**
 * What becomes of a stop or target whose price was passed while the desk was away; left out: it exits.
 */
passedPolicy?: PassedPolicy, 
/**
 * How prints are judged and how a flatten works; left out: the standard.
 */
handling?: HandlingChoice, }, 
/**
 * The rules of the account; without any, only what the trader allows holds.
 */
rules?: RulesChoice, 
/**
 * What is heard; left out: everything, at half the loudness.
 */
sounds?: Sounds, };

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
