//! Every fault strikes when a script says so, alone.

use phantom_sim::{Cut, Fault, Plan, Wish, play};

#[test]
fn every_fault_strikes_where_a_script_wants_it() {
    for fault in Fault::all() {
        let struck = (0..12_u64).any(|nth| {
            let scripted = (nth..nth + 40).step_by(4).map(|nth| (fault, nth)).collect();
            let wish = Wish { orders: 60, only: Some(Vec::new()), scripted, ..Wish::default() };
            let run = play(&Plan::of(900 + nth, &wish), &Cut::default());
            assert_eq!(run.violation, None, "{fault}");
            run.tally.faults.of(fault) > 0
        });
        assert!(struck, "{fault} never struck");
    }
}

#[test]
fn without_faults_none_strikes() {
    let wish = Wish { orders: 200, only: Some(Vec::new()), ..Wish::default() };
    let run = play(&Plan::of(1, &wish), &Cut::default());
    assert_eq!(run.violation, None);
    for fault in Fault::all() {
        assert_eq!(run.tally.faults.of(fault), 0, "{fault}");
    }
}
