//! Builders and readable fixtures for tests of the other crates. Development only.
