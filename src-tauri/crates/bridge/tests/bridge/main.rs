//! The wire as both languages are held to it.

#[cfg(test)]
mod bodies;
#[cfg(test)]
mod handshake;
#[cfg(test)]
mod vectors;
