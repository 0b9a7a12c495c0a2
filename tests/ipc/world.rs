//! A shell without a window: a folder of its own, a main window that asks, events that are kept.

use std::fs;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use phantom_desk_app::{CredentialStore, choose_from_menu, configure, context, start};
use serde_json::{Value, json};
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{App, Listener, WebviewWindow, WebviewWindowBuilder};
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct World {
    app: App<MockRuntime>,
    main: WebviewWindow<MockRuntime>,
    events: Receiver<Event>,
    pub(crate) folder: TempDir,
}

#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) name: &'static str,
    pub(crate) body: Value,
}

/// Settings of a market without delay and slippage, where shorts are allowed.
pub(crate) fn quick() -> Value {
    json!({
        "version": 1,
        "broker": "MOCK",
        "ninjatrader": { "host": "127.0.0.1", "port": 1, "account": "Sim101", "username": "me" },
        "mock": {
            "seed": "7", "delayMsMin": 0, "delayMsMax": 0, "slippageTicksMin": 0, "slippageTicksMax": 0,
            "source": { "kind": "SIMULATED" }, "speed": 1,
        },
        "trading": {
            "shortSelling": true, "orderMaxMinis": "5", "positionMaxMinis": "5",
            "defaultQty": 1, "defaultSymbol": "ES",
        },
        // Nobody who runs the tests wants to hear them.
        "sounds": { "volume": 0, "off": [] },
    })
}

impl World {
    /// A desk on the quick market.
    pub(crate) fn new() -> Self {
        Self::with_file(Some(&quick().to_string()))
    }

    /// A desk that finds this settings file.
    pub(crate) fn with_file(settings: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        if let Some(text) = settings {
            fs::write(folder.path().join("settings.json"), text).unwrap();
        }
        let app = configure(mock_builder()).build(context()).unwrap();
        let (tell, events) = channel();
        for name in ["order-log", "position-update", "desk-update", "flatten-news"] {
            let tell = tell.clone();
            app.listen_any(name, move |event| {
                let body = serde_json::from_str(event.payload()).unwrap();
                tell.send(Event { name, body }).ok();
            });
        }
        start(app.handle(), folder.path(), CredentialStore::None).unwrap();
        let main = WebviewWindowBuilder::new(&app, "main", tauri::WebviewUrl::default()).build().unwrap();
        Self { app, main, events, folder }
    }

    /// A second program on the same folder; the words of its refusal.
    pub(crate) fn start_again(&self) -> Result<(), String> {
        let app = configure(mock_builder()).build(context()).unwrap();
        start(app.handle(), self.folder.path(), CredentialStore::None).map_err(|fault| fault.to_string())
    }

    /// Asks as the main window.
    pub(crate) fn ask(&self, command: &str, body: Value) -> Result<Value, Value> {
        ask_as(&self.main, command, body)
    }

    /// Chooses from the native menu.
    pub(crate) fn choose_from_menu(&self, id: &str) {
        choose_from_menu(self.app.handle(), id);
    }

    /// Asks as a window that has no capability.
    pub(crate) fn ask_as_stranger(&self, command: &str, body: Value) -> Result<Value, Value> {
        let label = format!("stranger-{command}");
        let stranger =
            WebviewWindowBuilder::new(&self.app, label, tauri::WebviewUrl::default()).build().unwrap();
        ask_as(&stranger, command, body)
    }

    /// Asks and expects an answer.
    pub(crate) fn get(&self, command: &str, body: Value) -> Value {
        self.ask(command, body).unwrap_or_else(|fault| panic!("{command}: {fault}"))
    }

    /// Asks and expects a fault of this code; answers its detail.
    pub(crate) fn fault(&self, command: &str, body: Value, code: &str) -> Value {
        let fault = self.ask(command, body).unwrap_err();
        assert_eq!(fault["code"], code, "{command}: {fault}");
        fault["detail"].clone()
    }

    /// The next event, in the order in which they were sent.
    pub(crate) fn next_event(&self) -> Event {
        self.events.recv_timeout(PATIENCE).expect("the desk has fallen silent")
    }

    /// Asks for snapshots until one is as wanted.
    pub(crate) fn wait_for(&self, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let snapshot = self.get("snapshot", json!({}));
            if is(&snapshot) {
                return snapshot;
            }
            assert!(began.elapsed() < PATIENCE, "{what} never came: {snapshot}");
            std::thread::yield_now();
        }
    }

    /// Waits until an instrument has traded: before that a bracket cannot be judged.
    pub(crate) fn wait_for_price(&self, symbol: &str) {
        self.wait_for("a price", |snapshot| {
            let quotes = snapshot["quotes"].as_array().unwrap();
            quotes.iter().any(|quote| quote["symbol"] == symbol && !quote["last"].is_null())
        });
        // The board shows a price a moment before the desk has worked on it.
        let order = json!({ "symbol": symbol, "side": "BUY", "qty": 1, "type": "MARKET", "stopPrice": "1" });
        self.wait_for("a price that the desk knows", |_| {
            self.get("canSubmitOrder", json!({ "order": order }))["reason"] != "stop_wrong_side"
        });
    }
}

/// Whether the broker has taken the order: without a delay its fill may have come with the answer.
pub(crate) fn is_taken(answer: &Value) -> bool {
    ["ACCEPTED", "FILLED", "CLOSED"].iter().any(|status| answer["status"] == **status)
}

fn ask_as(window: &WebviewWindow<MockRuntime>, command: &str, body: Value) -> Result<Value, Value> {
    let url = if cfg!(any(windows, target_os = "android")) {
        "http://tauri.localhost"
    } else {
        "tauri://localhost"
    };
    let request = InvokeRequest {
        cmd: command.to_owned(),
        callback: CallbackFn(0),
        error: CallbackFn(1),
        url: url.parse().unwrap(),
        body: InvokeBody::Json(body),
        headers: tauri::http::HeaderMap::new(),
        invoke_key: INVOKE_KEY.to_owned(),
    };
    get_ipc_response(window, request).map(|answer| answer.deserialize().unwrap())
}
