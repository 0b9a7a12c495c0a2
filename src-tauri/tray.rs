//! The icon in the system's tray: how the desk stands, and the way out when the window is hidden.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use phantom_wire::{AccountKind, DeskMode, DeskUpdateEvent, LinkStage};
use rust_decimal::Decimal;
use tauri::menu::{Menu, MenuItem, MenuItemBuilder, PredefinedMenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Runtime};
use tokio::sync::watch;

use crate::menu::{FLATTEN, QUIT, SHOW};

/// A tray shows what a person glances at: often enough.
const CHANGES_EVERY: Duration = Duration::from_millis(500);

/// What the tray shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Sign {
    /// Mode, account and connection.
    pub(crate) desk: String,
    /// What is open and what protects it.
    pub(crate) open: String,
    /// The money of the day.
    pub(crate) day: String,
    /// Beside the icon, where the system has room for it.
    pub(crate) title: String,
}

impl Sign {
    /// Before the desk has said anything.
    pub(crate) fn blank() -> Self {
        let text = |it: &str| it.to_owned();
        Self { desk: text("Phantom Desk"), open: text("starting"), day: String::new(), title: String::new() }
    }

    /// How the desk stands.
    pub(crate) fn of(update: &DeskUpdateEvent) -> Self {
        let (desk, standing) = (&update.desk, &update.standing);
        let word = match desk.mode {
            DeskMode::Mock => "MOCK",
            DeskMode::Sim => "SIM",
            DeskMode::Live => "LIVE",
            DeskMode::Offline => "OFFLINE",
        };
        let account = standing.broker.as_ref().and_then(|link| link.account.as_ref());
        let account = account.unwrap_or(&standing.account);
        let mut line = if account == word { word.to_owned() } else { format!("{word} · {account}") };
        if let Some(link) = &standing.broker
            && link.stage != LinkStage::Up
        {
            let kind = match link.kind {
                Some(AccountKind::Live) => " (real money)",
                Some(AccountKind::Sim) | None => "",
            };
            line = format!("{line}{kind}: {}", stage_word(link.stage));
        }
        let line = match (desk.locked_out, desk.killed) {
            (true, _) => format!("{line}, locked out"),
            (false, true) => format!("{line}, entries halted"),
            (false, false) => line,
        };
        let day = day_text(&desk.day_realized, &desk.day_unrealized);
        let open = open_words(update);
        let alarm = standing.protection.unprotected_contracts > 0
            || (standing.protection.blind && standing.protection.open_contracts > 0);
        let title = format!("{}{word} {day}", if alarm { "! " } else { "" });
        Self { desk: line, open, day: format!("Day {day}"), title }
    }

    fn tooltip(&self) -> String {
        format!("{}\n{}\n{}", self.desk, self.open, self.day)
    }
}

const fn stage_word(stage: LinkStage) -> &'static str {
    match stage {
        LinkStage::Connecting => "connecting",
        LinkStage::Waiting => "not connected, tried again",
        LinkStage::Reading | LinkStage::TakingOver => "reading the account",
        LinkStage::AwaitsConfirmation => "its name must be typed",
        LinkStage::PlatformDown => "NinjaTrader is not connected",
        LinkStage::Up => "connected",
        LinkStage::Stuck => "not connected, see the window",
    }
}

fn open_words(update: &DeskUpdateEvent) -> String {
    let line = &update.standing.protection;
    let count = |n: usize, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
    let working = match update.working.len() {
        0 => String::new(),
        n => format!(", {} working", count(n, "order")),
    };
    if line.open_contracts == 0 {
        return format!("Flat{working}");
    }
    let open = count(usize::try_from(line.open_contracts).unwrap_or(usize::MAX), "contract");
    let guard = match (line.unprotected_contracts, line.blind) {
        (0, false) => "protected while the program runs".to_owned(),
        (0, true) => "STOPS ARE BLIND".to_owned(),
        (n, _) => format!("{n} UNPROTECTED"),
    };
    format!("{open} open, {guard}{working}")
}

/// Realized and open profit of the day together. Both are written by the desk, in US dollars.
fn day_text(realized: &str, unrealized: &str) -> String {
    let sum = realized.parse::<Decimal>().ok().zip(unrealized.parse::<Decimal>().ok());
    match sum.and_then(|(realized, open)| realized.checked_add(open)) {
        Some(sum) if sum.is_sign_negative() && !sum.is_zero() => format!("−{:.2}", sum.abs()),
        Some(sum) if sum.is_zero() => "0.00".to_owned(),
        Some(sum) => format!("+{sum:.2}"),
        None => "–".to_owned(),
    }
}

/// The way to the tray. Whoever tells it never waits.
#[derive(Debug)]
pub(crate) struct Tray(watch::Sender<Sign>);

impl Tray {
    /// Puts the icon into the tray, where the system has one.
    pub(crate) fn start<R: Runtime>(app: &AppHandle<R>) -> Self {
        let (tell, told) = watch::channel(Sign::blank());
        match icon(app) {
            Ok(icon) => {
                tauri::async_runtime::spawn(follow(icon, told));
            }
            Err(why) => tracing::warn!(why, "no icon in the tray"),
        }
        Self(tell)
    }

    /// The desk stands so now.
    pub(crate) fn tell(&self, update: &DeskUpdateEvent) {
        let sign = Sign::of(update);
        self.0.send_if_modified(|shown| {
            let changed = *shown != sign;
            *shown = sign;
            changed
        });
    }
}

/// The icon with the lines of its menu that change.
struct Icon<R: Runtime> {
    tray: TrayIcon<R>,
    lines: [MenuItem<R>; 3],
}

fn icon<R: Runtime>(app: &AppHandle<R>) -> Result<Icon<R>, String> {
    let made = catch_unwind(AssertUnwindSafe(|| made_icon(app)));
    match made {
        Ok(made) => made.map_err(|fault| fault.to_string()),
        // The library behind the tray panics where the system's own part of it is not installed.
        Err(_) => Err("the system's library for tray icons is not installed".to_owned()),
    }
}

fn made_icon<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<Icon<R>> {
    let line = |text: String| MenuItemBuilder::new(text).enabled(false).build(app);
    let Sign { desk, open, day, .. } = Sign::blank();
    let lines = [line(desk)?, line(open)?, line(day)?];
    let flatten = MenuItemBuilder::with_id(FLATTEN, "Flatten all").build(app)?;
    let show = MenuItemBuilder::with_id(SHOW, "Show Phantom Desk").build(app)?;
    let quit = MenuItemBuilder::with_id(QUIT, "Quit").build(app)?;
    let (first, second) = (PredefinedMenuItem::separator(app)?, PredefinedMenuItem::separator(app)?);
    let [desk, open, day] = &lines;
    let menu = Menu::with_items(app, &[desk, open, day, &first, &flatten, &second, &show, &quit])?;
    let mut builder = TrayIconBuilder::with_id("desk").menu(&menu).tooltip("Phantom Desk");
    if let Some(image) = app.default_window_icon() {
        builder = builder.icon(image.clone());
    }
    Ok(Icon { tray: builder.build(app)?, lines })
}

/// Shows the newest sign. The window's thread does it, and is waited for here and nowhere else.
async fn follow<R: Runtime>(icon: Icon<R>, mut told: watch::Receiver<Sign>) {
    let icon = std::sync::Arc::new(icon);
    while told.changed().await.is_ok() {
        let sign = told.borrow_and_update().clone();
        let shown = std::sync::Arc::clone(&icon);
        let done = tauri::async_runtime::spawn_blocking(move || shown.show(&sign)).await;
        if let Ok(Err(fault)) = done {
            tracing::warn!(%fault, "the tray could not be changed");
        }
        tokio::time::sleep(CHANGES_EVERY).await;
    }
}

impl<R: Runtime> Icon<R> {
    fn show(&self, sign: &Sign) -> tauri::Result<()> {
        let [desk, open, day] = &self.lines;
        desk.set_text(&sign.desk)?;
        open.set_text(&sign.open)?;
        day.set_text(&sign.day)?;
        self.tray.set_tooltip(Some(sign.tooltip()))?;
        if cfg!(windows) {
            return Ok(());
        }
        self.tray.set_title(Some(&sign.title))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use phantom_wire::ProtectionLine;

    fn update(change: impl FnOnce(&mut DeskUpdateEvent)) -> Sign {
        let mut update = crate::stream::blank_update(ProtectionLine::default());
        change(&mut update);
        Sign::of(&update)
    }

    #[test]
    fn mode_account_positions_protection_and_the_days_money_are_in_it() {
        let flat = update(|_| {});
        assert_eq!((&*flat.desk, &*flat.open, &*flat.day), ("SIM · Sim101", "Flat", "Day 0.00"));
        let open = update(|it| {
            it.standing.protection = ProtectionLine { open_contracts: 3, ..ProtectionLine::default() };
            it.desk.day_realized = "-150.25".to_owned();
            it.desk.day_unrealized = "40.00".to_owned();
        });
        assert_eq!(open.open, "3 contracts open, protected while the program runs");
        assert_eq!((&*open.day, &*open.title), ("Day −110.25", "SIM −110.25"));
        let bare = update(|it| {
            it.standing.protection =
                ProtectionLine { open_contracts: 1, unprotected_contracts: 1, ..ProtectionLine::default() };
            it.desk.day_realized = "12.50".to_owned();
        });
        assert_eq!((&*bare.open, &*bare.title), ("1 contract open, 1 UNPROTECTED", "! SIM +12.50"));
    }

    #[test]
    fn a_lock_and_a_halt_are_in_it_and_the_mock_account_is_not_said_twice() {
        let locked = update(|it| (it.desk.locked_out, it.desk.killed) = (true, true));
        assert_eq!(locked.desk, "SIM · Sim101, locked out");
        let mock = update(|it| {
            it.desk.mode = DeskMode::Mock;
            it.standing.account = "MOCK".to_owned();
            it.desk.killed = true;
        });
        assert_eq!(mock.desk, "MOCK, entries halted");
    }
}
