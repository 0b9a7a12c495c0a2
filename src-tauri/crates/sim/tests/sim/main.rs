//! The simulator, tried out: it holds where it must hold, and it fails where it must fail.

mod faults;
mod planted;
mod seeds;
