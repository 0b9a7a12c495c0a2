//! What the engine promises, from outside. Every world checks every invariant after every input.

#[cfg(test)]
mod account;
#[cfg(test)]
mod busts;
#[cfg(test)]
mod change;
mod contracts;
#[cfg(test)]
mod deadlines;
#[cfg(test)]
mod differences;
#[cfg(test)]
mod exits;
#[cfg(test)]
mod exposure;
#[cfg(test)]
mod feed;
#[cfg(test)]
mod flatten;
#[cfg(test)]
mod ladder;
mod lifecycle;
#[cfg(test)]
mod lost;
#[cfg(test)]
mod money;
#[cfg(test)]
mod outside;
#[cfg(test)]
mod phantoms;
#[cfg(test)]
mod protect;
#[cfg(test)]
mod random;
#[cfg(test)]
mod random_truth;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod snapshots;
#[cfg(test)]
mod stops;
#[cfg(test)]
mod together;
#[cfg(test)]
mod unknown;
mod watch;
#[cfg(test)]
mod way;
