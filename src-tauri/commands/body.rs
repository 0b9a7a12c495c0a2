//! What a command was called with. A wrong shape is a fault with a code, like every other fault.

use phantom_wire::WireFault;
use serde::de::DeserializeOwned;
use tauri::Runtime;
use tauri::ipc::{CommandArg, CommandItem, InvokeError};

/// An argument of a command.
pub(crate) struct Body<T>(pub(crate) T);

impl<'de, R: Runtime, T: DeserializeOwned> CommandArg<'de, R> for Body<T> {
    fn from_command(command: CommandItem<'de, R>) -> Result<Self, InvokeError> {
        let name = command.key;
        T::deserialize(command)
            .map(Self)
            .map_err(|error| InvokeError::from(WireFault::BadRequest(format!("{name}: {error}"))))
    }
}
