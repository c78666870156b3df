//! Whose a change is: the number decides, and where a change has none, the account.
//!
//! Pure. *Invariant:* no two cells answer to one number; an account may have numbers in several cells, and its own
//! events then concern each of them.

use std::collections::{BTreeMap, HashMap, HashSet};

use portico_vocab::{PhoneNumberId, WabaId};
use portico_whatsapp::envelope::Slice;

use crate::{CellDoor, IngressError};

/// Meta's dashboard puts this where a sample has no account.
const NO_ACCOUNT: &str = "0";

/// The numbers and accounts of every cell; cells go by their place in the list of doors.
pub(crate) struct Directory {
    numbers: HashMap<PhoneNumberId, usize>,
    accounts: HashMap<WabaId, Vec<usize>>,
    ignored: HashSet<PhoneNumberId>,
}

/// Where the changes of one body go.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// For each cell that is named, the places of its slices in the envelope.
    pub cells: BTreeMap<usize, Vec<usize>>,
    /// Of a number on the ignore list.
    pub ignored: usize,
    /// Places of those whose number or account is of no cell.
    pub strangers: Vec<usize>,
    /// Without number and account.
    pub nobody: usize,
}

impl Directory {
    /// # Errors
    /// When two doors claim one number.
    pub(crate) fn new(doors: &[CellDoor], ignored: &[PhoneNumberId]) -> Result<Self, IngressError> {
        let mut numbers: HashMap<PhoneNumberId, usize> = HashMap::new();
        let mut accounts: HashMap<WabaId, Vec<usize>> = HashMap::new();
        for (place, door) in doors.iter().enumerate() {
            for number in &door.phone_number_ids {
                if let Some(first) = numbers.insert(number.clone(), place) {
                    let (first, second) = (doors[first].cell, door.cell);
                    return Err(IngressError::SharedNumber { number: number.clone(), first, second });
                }
            }
            for account in &door.waba_ids {
                accounts.entry(account.clone()).or_default().push(place);
            }
        }
        Ok(Self { numbers, accounts, ignored: ignored.iter().cloned().collect() })
    }

    pub(crate) fn plan(&self, slices: &[Slice<'_>]) -> Plan {
        let mut plan = Plan::default();
        for (place, slice) in slices.iter().enumerate() {
            let account = slice.waba.as_ref().filter(|waba| waba.as_str() != NO_ACCOUNT);
            let cells = match (&slice.phone_number, account) {
                (Some(number), _) => match self.numbers.get(number) {
                    Some(cell) => std::slice::from_ref(cell),
                    None if self.ignored.contains(number) => {
                        plan.ignored += 1;
                        continue;
                    }
                    None => &[],
                },
                (None, Some(account)) => self.accounts.get(account).map(Vec::as_slice).unwrap_or_default(),
                (None, None) => {
                    plan.nobody += 1;
                    continue;
                }
            };
            if cells.is_empty() {
                plan.strangers.push(place);
            }
            for cell in cells {
                plan.cells.entry(*cell).or_default().push(place);
            }
        }
        plan
    }
}
