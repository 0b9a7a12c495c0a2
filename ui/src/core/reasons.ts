// Reasons come from the desk as stable codes. Here are their words.

const REFUSALS: Readonly<Record<string, string>> = {
  unknown_symbol: 'Unknown symbol',
  bad_qty: 'Quantity is not valid',
  missing_price: 'Limit price is missing',
  price_off_grid: 'Price is not on the tick grid',
  stop_wrong_side: 'Stop is on the wrong side',
  target_wrong_side: 'Target is on the wrong side',
  bad_bracket: 'Stop and target do not go together',
  bracket_on_exit: 'An exit carries no stop or target',
  not_a_limit_order: 'Only a limit order can be changed',
  nothing_changes: 'Nothing would change',
  already_filled: 'So much is filled already',
  not_working: 'The order works no more',
  cancel_under_way: 'Its cancel is on the way',
  change_under_way: 'An earlier change is on the way',
  order_unknown: "The broker's answer is overdue",
  own_exit: "The desk's own exit cannot be changed",
  order_not_ours: "The order is not the desk's own",
  no_last_trade: 'Nothing has traded yet',
  no_open_lot: 'Nothing of it is open',
  lot_exiting: 'Its exit is on the way',
  lot_unprotected: 'Every exit of it was refused',
  killed: 'Entries are halted',
  locked_out: 'Locked out by a rule',
  flattening: 'Flatten is under way',
  not_connected: 'Broker is not connected',
  reconciling: 'Positions are being checked',
  journal_lost: 'The journal takes no more: exits only',
  latched: 'Entries are stopped until the books are checked',
  would_cross_zero: 'Would turn the position around',
  opposite_entry_working: 'An entry on the other side is working',
  short_selling_off: 'Short selling is off',
  contract_expired: 'The contract trades no more',
  instrument_changed: "The broker's tick size or point value is another",
  session_closed: 'Session is closed',
  holiday: 'Exchange holiday',
  no_new_entries: 'No new entries at this time',
  news_window: 'News window',
  not_permitted: 'Product is not permitted',
  not_front_month: 'Not the front month',
  symbol_blocked: 'Symbol is blocked',
  hedge: 'Would hedge another position',
  order_size: 'Order is too large',
  position_limit: 'Position limit reached',
  scaling_limit: 'Scaling limit reached',
  trade_count: 'No trades left today',
  max_loss: 'Maximum loss reached',
  daily_loss: 'Daily loss limit reached',
  personal_daily_loss: 'Personal daily loss limit reached',
  profit_target_reached: 'Profit target reached',
  worst_case_loss: 'Worst case is over the loss limit',
  stale_data: 'Prices are stale',
  price_collar: 'Price is too far from the market',
  limit_zone: 'Market is near its price limit',
  duplicate: 'Same order sent just now',
  throttle: 'Too many orders in a short time',
  run_away: 'Too many orders: stopped',
  rules_unusable: 'The rules cannot be used; nothing opens',
};

const FAILURES: Readonly<Record<string, string>> = {
  broker_margin: 'Not enough margin at the broker',
  broker_price_band: "Outside the exchange's price band",
  broker_market_closed: 'The market takes no orders now',
  broker_not_permitted: 'The broker does not permit this',
  broker_rate_limit: 'Too many messages to the broker',
  broker_refused: 'The broker gave no reason',
  never_sent: 'It never reached the broker',
  not_recorded: 'It could not be recorded, so it was not sent',
  absent_at_broker: 'The broker has no such order',
};

const EVENTS: Readonly<Record<string, string>> = {
  cancel_requested: 'Cancel asked for',
  cancel_refused: 'The broker did not cancel it',
  change_requested: 'Change asked for',
  changed: 'Works on these terms',
  change_refused: 'The broker did not change it; the old terms hold',
  stop_and_target_stand: 'Stop and target stand',
  stop_stands: 'Stop stands; no target',
  target_stands_no_stop: 'Target stands; NO STOP',
  neither_stop_nor_target: 'NEITHER STOP NOR TARGET',
  stop_at_entry: 'Stop has gone to the entry',
  answer_overdue: 'No answer from the broker; it counts until one comes',
  exit_found_at_the_broker: 'Its exit was found at the broker',
  stop_stands_at_the_broker: 'A stop for it stands at the broker',
  closed_twice: 'Its exit and its stop at the broker have both filled; entries are stopped',
  closed_twice_is_repaired: 'What both opened is closed again',
  touched_while_away: 'Price touched it while the desk was away, and came back: not fired',
  passed_while_away: 'Price passed it while the desk was away: it waits for you',
  no_trades_for_a_minute: 'No trade for a minute while a stop is armed; its feed may be dead',
  watches_again: 'Price has come back: it watches again',
  started_again: 'The desk has started again',
  started_again_after_a_crash: 'The desk has started again after a crash',
  woke_after_a_pause: 'The desk could not watch for a while and looks again',
  disk_full: 'The disk is full; entries are stopped',
  slow_disk: 'The disk is slow: entries wait for it, exits do not',
  journal_damaged: 'The end of the journal is damaged; entries are stopped',
  stops_without_the_brokers_account: 'The broker does not list its account; stops go by the journal',
  cancel_unanswered: 'The broker does not answer the cancel; the order may still fill',
  suspect_print: 'Suspect price, far from the last one: it fires nothing unless the next one confirms it',
  late_fill: 'Filled after it had ended; the fill counts',
  illegal_step: 'The broker reported a step that cannot be',
  contradicting_execution: 'Execution reported again with other figures; the first counts',
  exit_waits_for_cancel: 'Exit waits until the resting exit is cancelled',
  exit_slow: 'Exit takes too long',
  unprotected: 'UNPROTECTED: every exit was refused',
  flatten_started: 'Started; entries wait for its end',
  flatten_already_under_way: 'Pressed again; the one under way answers',
  exits_sent: 'Cancels are done; exits go out',
  flatten_answered: 'Answered',
  late_fill_reopened_the_flatten: 'A late fill opened a position again; it is closed at once',
  flatten_settled: 'Closed after the answer: everything that it covers is flat',
  late_fills_no_longer_watched: 'Late fills are no longer watched for',
  flatten_stuck: 'Every exit of the flatten was refused',
  kill_switch_on: 'Entries halted by the trader',
  kill_switch_off: 'Entries allowed again',
  lockout_ended: 'Lockout has ended',
  entries_switched_on: 'Entries are on again',
  rules_in_force: 'Rules in force',
  rules_from_next_session: 'Other rules come with the next session',
  no_rules_from_next_session: 'No rules from the next session on; until then these hold',
  no_rules_in_force: 'There are no rules any more',
  lock_time_has_come: 'The time until which to lock has come already',
  rules_unchanged: 'These rules are in force already',
  limits_locked: 'Limits are locked for the day; nothing was loosened',
  limits_locked_for_the_day: 'Limits are locked for the day',
  account_day_began: 'A trading day of the account began',
  payout_taken: 'Payout taken',
  limit_near: 'A limit is near',
  limit_reached: 'A LIMIT IS REACHED',
  books_checked: 'Books checked; entries allowed again',
  more_filled_than_ordered: 'More was filled than ordered; entries are stopped',
  exit_opened_a_position: 'An exit opened a position; entries are stopped',
  order_is_not_ours: 'An order that is not ours; entries are stopped',
  exits_beyond_position: 'Exits beyond the position; entries are stopped',
  lots_beside_position: 'Lots and position differ; entries are stopped',
  waiting_beyond_position: 'Waiting exits beyond the position; entries are stopped',
  broker_has_another_position: 'The broker has another position; entries are stopped until you decide',
  closed_trade_was_taken_back: 'A trade that was closed already was taken back; entries are stopped',
  ended_order_works_at_the_broker: 'An order that had ended works at the broker; entries are stopped',
  two_orders_under_one_id: 'The broker has two orders under one id; entries are stopped',
  execution_twice: 'One execution came twice under two ids; look at it',
  execution_counted_once: 'Reported twice; counted once',
  execution_taken_back: 'The exchange took the execution back',
  execution_changed: 'The exchange corrected the execution',
  trade_taken_back_by_exchange: 'Trade taken back by the exchange',
  trade_corrected_by_exchange: 'Trade corrected by the exchange',
  unknown_execution: 'The broker names an execution that is not known here',
  adjusted_to_the_broker: "Adjusted to the broker's number",
  position_differs: 'Fills and broker say different positions',
  position_settling: "The broker's number differs; it is asked again",
  position_kept_as_filled: 'Kept as the fills say',
  position_agrees_again: "The broker's number agrees again",
  no_price_to_adjust: 'No price yet to adjust the position at',
  broker_not_connected: 'The broker is not connected; entries wait',
  broker_does_not_answer: 'The broker still does not answer; the order counts',
  broker_list_incomplete: "The broker's list is not whole; nothing is concluded from it",
  is_this_your_order: 'The broker has an order like it without its id; is it yours?',
  protocol_error: 'The broker answered what was not asked',
  contract_rolled_away: 'Traders have moved on to a later contract: roll or close it',
  contract_ends_today: 'THE CONTRACT ENDS TRADING TODAY: close it or roll it',
  contract_trades_again: 'The contract stands as before',
  stops_are_blind: 'STOPS ARE BLIND: no prices come',
  feed_lost: 'Prices do not come; stops cannot fire',
  feed_back: 'Prices come again',
};

const WORDS: Readonly<Record<string, string>> = { ...REFUSALS, ...FAILURES, ...EVENTS };

/** Refusals that the desk explains in words for another place than this window. */
const OWN_REFUSALS: Readonly<Record<string, string>> = {
  unknown_symbol: 'This desk does not have the symbol; choose one from the list',
};

/** A reason as the log has it: a stable code, words, or a code with words after a colon. */
export interface Reason {
  words: string;
  code: string | null;
}

export function readReason(text: string | null): Reason {
  const match = /^([a-z]+(?:_[a-z]+)*)(?:: (.+))?$/s.exec(text ?? '');
  const code = match?.[1];
  if (text === null || code === undefined) return { words: text ?? '', code: null };
  const words = OWN_REFUSALS[code] ?? match?.[2] ?? WORDS[code];
  if (words !== undefined) return { words: capital(words), code };
  return code.includes('_') ? { words: capital(code.replaceAll('_', ' ')), code } : { words: capital(text), code: null };
}

/** Why an order may not go: the desk's own sentence where there is one that fits a window. */
export function refusalWords(reason: string | null, message: string | null): string {
  const own = OWN_REFUSALS[reason ?? ''];
  if (own !== undefined) return own;
  return message === null || message === '' ? readReason(reason).words : capital(message);
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
