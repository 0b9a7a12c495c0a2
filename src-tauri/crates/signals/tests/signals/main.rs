//! What the crate promises, from outside.

#[cfg(test)]
mod lines;
