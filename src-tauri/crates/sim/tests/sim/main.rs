//! The simulator, tried out: it holds where it must hold, and it fails where it must fail.

mod faults;
mod model;
mod planted;
mod seeds;
