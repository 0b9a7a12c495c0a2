//! At most one program uses a data folder.

use phantom_station::{Lease, LeaseFault};

#[test]
fn r_14_a_second_desk_on_the_same_folder_is_told_clearly_and_gets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let lease = Lease::take(folder.path()).unwrap();
    let second = Lease::take(folder.path()).unwrap_err();
    assert!(matches!(second, LeaseFault::Taken { .. }));
    assert!(second.to_string().contains("another Phantom Desk"), "{second}");
    drop(lease);
    Lease::take(folder.path()).unwrap();
}
