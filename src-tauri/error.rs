//! Faults of the desk and of the shell as faults on the wire.

use phantom_runtime::DeskFault;
use phantom_wire::WireFault;

/// The desk did not take a command.
pub(crate) fn of_desk(fault: DeskFault) -> WireFault {
    match fault {
        DeskFault::Busy => WireFault::Busy(fault.to_string()),
        DeskFault::Stopped => WireFault::Stopped(fault.to_string()),
    }
}

/// The task that was to carry something out is gone.
pub(crate) fn stopped() -> WireFault {
    of_desk(DeskFault::Stopped)
}
