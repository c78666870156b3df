//! Everything a ledger shows of the small world, as lines of text.

use portico_ledger::{CaseFilter, ChainName, EventFilter, Ledger, Queue};
use portico_vocab::PhoneNumberId;

use crate::rows::{at, case_id, hash, input, sender};

/// Later than anything drawn.
const LATE: i64 = 1_000_000;

pub async fn dump(ledger: &dyn Ledger) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = |what: &str, value: &dyn std::fmt::Debug| lines.push(format!("{what}: {value:?}"));
    for n in 1..4 {
        line("case", &ledger.case(case_id(n)).await.unwrap());
        line("entries", &ledger.entries(case_id(n), 0, 100).await.unwrap());
        line("outbounds", &ledger.outbounds(case_id(n)).await.unwrap());
        line("objects", &ledger.objects(case_id(n)).await.unwrap());
        line("accesses", &ledger.accesses(case_id(n)).await.unwrap());
        line("hold", &ledger.claim_of(case_id(n), at(0)).await.unwrap());
        line("aliases", &ledger.aliases(sender(n)).await.unwrap());
        let number = PhoneNumberId::parse("106540352242922").unwrap();
        line("window", &ledger.window(&number, sender(n - 1)).await.unwrap());
    }
    for n in 0..5 {
        line("sender", &ledger.senders(&[hash(n)]).await.unwrap());
        line("stopped", &ledger.stopped_at(&[hash(n)]).await.unwrap());
        line("seen", &ledger.seen(hash(n)).await.unwrap());
        line("wamid", &ledger.outbound_by_wamid(hash(n)).await.unwrap());
    }
    for chain in ChainName::ALL {
        line(chain.as_str(), &ledger.chain(*chain, 0, 1000).await.unwrap());
    }
    for queue in Queue::ALL {
        line(queue.as_str(), &ledger.backlog(*queue, at(LATE)).await.unwrap());
    }
    line("parked", &ledger.parked(1000).await.unwrap());
    line("disabled", &ledger.disabled_subscribers().await.unwrap());
    line("subscribers", &ledger.subscribers().await.unwrap());
    line("stuck", &ledger.stuck(at(150), 100).await.unwrap());
    line("unfinished", &ledger.unfinished().await.unwrap());
    for n in 0..4 {
        line("session", &ledger.session(hash(n), at(0)).await.unwrap());
    }
    for n in 0..=255 {
        line("segment", &ledger.segment([n; 16]).await.unwrap());
    }
    for n in 1..4 {
        line("belongings", &ledger.belongings(case_id(n)).await.unwrap());
        line("cases of", &ledger.cases_of(sender(n)).await.unwrap());
    }
    line("case ids", &ledger.case_ids(Some(case_id(1)), 100).await.unwrap());
    line("stop list", &ledger.stop_list(Some(hash(0)), 100).await.unwrap());
    let mut inputs = ledger.inputs(&(0..1_100).map(input).collect::<Vec<_>>()).await.unwrap();
    inputs.sort_by_key(|row| row.id);
    line("inputs", &inputs);
    let mut stops = ledger.stops(&[hash(0), hash(1), hash(9)]).await.unwrap();
    stops.sort_by_key(|row| row.hash);
    line("stops", &stops);
    line("segments", &ledger.segments(Some([3; 16]), 2).await.unwrap());
    line("days", &ledger.inbox_days().await.unwrap());
    line("policies", &ledger.policies().await.unwrap());
    line("heads", &ledger.heads().await.unwrap());
    line("totals", &ledger.totals().await.unwrap());
    line("queue", &ledger.queue(None, 100, at(0)).await.unwrap());
    line("cases", &ledger.cases(&CaseFilter { limit: 2, ..CaseFilter::default() }).await.unwrap());
    line("counts", &ledger.counts(at(LATE)).await.unwrap());
    while ledger.sequence(3).await.unwrap() > 0 {}
    line("events", &ledger.events(&EventFilter { limit: 1000, ..EventFilter::default() }).await.unwrap());
    // Last, for it takes the leases: what is left to do, in order.
    for queue in Queue::ALL {
        line(queue.as_str(), &ledger.claim_jobs(*queue, at(LATE), at(LATE), 1000).await.unwrap());
    }
    line("deliveries", &ledger.claim_deliveries(at(LATE), at(LATE), 1000).await.unwrap());
    lines
}
