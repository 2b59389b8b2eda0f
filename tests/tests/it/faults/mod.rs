//! The suite must be able to fail: against each of these deliberately faulty adapters it goes red,
//! in the cases that are there for this fault. Against their faultless twin it is all green.

mod bodies;
mod fault;
mod heads;
mod replies;
mod settings;

use std::time::Duration;

use fault::{Fault, Faulty};
use online_contact_tests::{Cell, Matrix, Runner, cases};

#[test]
fn the_faultless_twin_is_green() {
    let cases = cases::all().expect("the table");
    let matrix = Matrix::of(Runner::default(), &cases, &[&Faulty(fault::NONE)]);
    assert_eq!(matrix.red(), Vec::<String>::new());
    assert!(matrix.green() > 200, "only {} cells", matrix.green());
}

/// The suite is red as soon as one case is, so only those are played that must find the fault.
#[test]
fn every_fault_turns_the_suite_red() {
    let cases = cases::all().expect("the table");
    let faults = faults();
    assert!(faults.len() >= 10);
    for fault in faults {
        assert!(!fault.caught_by.is_empty(), "nothing finds {:?}", fault.name);
        for name in fault.caught_by {
            let case = cases.iter().find(|case| case.name == *name);
            let case = case.unwrap_or_else(|| panic!("no case is called {name:?}"));
            match runner(&fault).run(case, &Faulty(fault)) {
                Cell::Red(why) if fault.shows.iter().any(|text| why.contains(text)) => {
                    println!("{}: {name}: {why}", fault.name);
                }
                other => panic!(
                    "{:?} must turn {name:?} red with one of {:?}, it is {other:?}",
                    fault.name, fault.shows
                ),
            }
        }
    }
}

fn faults() -> Vec<Fault> {
    [settings::FAULTS, heads::FAULTS, bodies::FAULTS, replies::FAULTS].concat()
}

/// A fault that leaves a client without a response is found by waiting for one.
fn runner(fault: &Fault) -> Runner {
    if fault.shows.contains(&"waited") {
        Runner { patience: Duration::from_secs(1) }
    } else {
        Runner::default()
    }
}
