//! The program from outside: what it prints, where it prints it, and how it ends.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod bridge;
#[cfg(test)]
mod calendar;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod help;
#[cfg(test)]
mod instruments;
#[cfg(test)]
mod journal;
#[cfg(test)]
mod program;
#[cfg(test)]
mod replay_real;
mod rules;
