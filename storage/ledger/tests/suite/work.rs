//! Work: leases, fences, what gave up.

use std::collections::BTreeSet;
use std::time::Duration;

use portico_ledger::{
    ChainName, Fence, JobKey, JobRow, Ledger, LedgerError, OutboundState, ParkedAct, ParkedItem, ParkedKind, Queue,
    Resolved, Settled,
};
use portico_vocab::CaseId;

use crate::conformance;
use crate::rows::{With as _, applied, at, case_id, lease, opening, trace};

conformance!(
    due_jobs_come_oldest_first_and_by_queue,
    a_lease_ends_and_the_fence_goes_up,
    who_let_a_job_go_holds_it_no_more,
    only_a_retry_counts_as_a_try,
    a_parked_job_waits_for_a_person,
    a_job_added_twice_is_one,
    a_parked_send_is_never_sent_again_and_can_be_acknowledged,
    a_discarded_job_is_gone,
    a_discarded_message_holds_up_no_other,
    of_two_persons_one_answers,
    a_trace_comes_back_with_the_claim,
    claims_made_at_once_never_share_a_job,
    the_backlog_counts_what_is_due,
    work_wakes_who_waits,
);

const fn key(n: u8) -> JobKey {
    JobKey { owner: [n; 16], version: 3, ordinal: 4 }
}

fn job(n: u8, queue: Queue, second: i64) -> JobRow {
    JobRow { key: key(n), queue, run_at: at(second), payload: vec![n], trace: trace(n.into()) }
}

async fn due_jobs_come_oldest_first_and_by_queue(ledger: &dyn Ledger) {
    let jobs = [job(1, Queue::Read, 30), job(2, Queue::Read, 10), job(3, Queue::Tell, 5), job(4, Queue::Read, 60)];
    ledger.add_jobs(&jobs).await.unwrap();
    let claimed = ledger.claim_jobs(Queue::Read, at(50), at(100), 10).await.unwrap();
    let keys: Vec<_> = claimed.iter().map(|job| (job.fence.key, job.payload.clone())).collect();
    assert_eq!(keys, [(key(2), vec![2]), (key(1), vec![1])]);
    let claimed = ledger.claim_jobs(Queue::Read, at(70), at(100), 10).await.unwrap();
    assert_eq!(claimed.len(), 1, "leased ones are not due");
    assert_eq!(ledger.claim_jobs(Queue::Tell, at(70), at(100), 0).await.unwrap(), []);
}

async fn a_lease_ends_and_the_fence_goes_up(ledger: &dyn Ledger) {
    ledger.add_jobs(&[job(1, Queue::Read, 0)]).await.unwrap();
    let first = lease(ledger, Queue::Read).await;
    ledger.renew_job(first, at(2000)).await.unwrap();
    assert_eq!(ledger.claim_jobs(Queue::Read, at(1500), at(1600), 1).await.unwrap(), [], "it was held longer");
    let second = ledger.claim_jobs(Queue::Read, at(2000), at(3000), 1).await.unwrap()[0].fence;
    assert!(second.fence > first.fence);
    assert!(matches!(ledger.renew_job(first, at(9000)).await, Err(LedgerError::LostLease)));
    assert!(matches!(ledger.finish_job(first).await, Err(LedgerError::LostLease)));
    assert!(matches!(ledger.retry_job(first, at(0), "late").await, Err(LedgerError::LostLease)));
    ledger.finish_job(second).await.unwrap();
    assert_eq!(ledger.job(key(1)).await.unwrap(), None);
    assert!(matches!(ledger.finish_job(second).await, Err(LedgerError::LostLease)));
}

async fn who_let_a_job_go_holds_it_no_more(ledger: &dyn Ledger) {
    ledger.add_jobs(&[job(1, Queue::Read, 0)]).await.unwrap();
    let held = lease(ledger, Queue::Read).await;
    ledger.retry_job(held, at(5), "peer down").await.unwrap();
    assert!(matches!(ledger.finish_job(held).await, Err(LedgerError::LostLease)));
    let held = lease(ledger, Queue::Read).await;
    ledger.postpone_job(held, at(5)).await.unwrap();
    assert!(matches!(ledger.park_job(held, at(6), "late").await, Err(LedgerError::LostLease)));
    let held = lease(ledger, Queue::Read).await;
    ledger.park_job(held, at(6), "gone").await.unwrap();
    assert!(matches!(ledger.renew_job(held, at(7)).await, Err(LedgerError::LostLease)));
}

async fn only_a_retry_counts_as_a_try(ledger: &dyn Ledger) {
    ledger.add_jobs(&[job(1, Queue::Read, 0)]).await.unwrap();
    let claim = async |tries| {
        let claimed = ledger.claim_jobs(Queue::Read, at(900), at(1000), 1).await.unwrap().remove(0);
        assert_eq!(claimed.tries, tries);
        claimed.fence
    };
    ledger.retry_job(claim(0).await, at(1), "a").await.unwrap();
    ledger.postpone_job(claim(1).await, at(1)).await.unwrap();
    ledger.retry_job(claim(1).await, at(1), "b").await.unwrap();
    claim(2).await;
}

async fn a_parked_job_waits_for_a_person(ledger: &dyn Ledger) {
    ledger.add_jobs(&[job(1, Queue::Read, 0), job(2, Queue::Read, 1)]).await.unwrap();
    for second in [20, 10] {
        let held = lease(ledger, Queue::Read).await;
        ledger.retry_job(held, at(0), "first").await.unwrap();
        let held = lease(ledger, Queue::Read).await;
        ledger.park_job(held, at(second), "last try failed").await.unwrap();
    }
    assert_eq!(ledger.claim_jobs(Queue::Read, at(9000), at(9999), 9).await.unwrap(), []);
    let parked = ledger.parked(10).await.unwrap();
    assert_eq!(parked.iter().map(|item| item.since).collect::<Vec<_>>(), [at(10), at(20)], "oldest first");
    assert_eq!((parked[0].kind, parked[0].what.as_str()), (ParkedKind::Job, "read"));
    assert_eq!((parked[0].why.as_str(), ledger.parked(1).await.unwrap().len()), ("last try failed", 1));
    assert_eq!(ledger.counts(at(9000)).await.unwrap().parked, 2);
    for nothing in ["", "job:zz:1:1", "job:09090909090909090909090909090909:3:4", "delivery:bank:evt_1"] {
        assert_eq!(resolve(ledger, nothing, ParkedAct::Retry).await, Resolved::NotParked, "{nothing}");
    }
    assert_eq!(links(ledger).await, [], "without an act there is no link");
    assert_eq!(resolve(ledger, &parked[0].id, ParkedAct::Retry).await, Resolved::Done);
    assert_eq!(resolve(ledger, &parked[0].id, ParkedAct::Discard).await, Resolved::NotParked, "not any more");
    assert_eq!(links(ledger).await, [(Some(CaseId::from_bytes(key(2).owner)), NOTE.into())]);
    let again = ledger.claim_jobs(Queue::Read, at(30), at(40), 9).await.unwrap();
    assert_eq!((again.len(), again[0].tries), (1, 0), "its tries begin anew");
}

async fn a_job_added_twice_is_one(ledger: &dyn Ledger) {
    ledger.add_jobs(&[job(1, Queue::Timer, 0)]).await.unwrap();
    ledger.add_jobs(&[job(1, Queue::Timer, 99), job(2, Queue::Timer, 50)]).await.unwrap();
    assert_eq!(ledger.job(key(1)).await.unwrap(), Some(job(1, Queue::Timer, 0)));
    assert_eq!(ledger.job(key(2)).await.unwrap(), Some(job(2, Queue::Timer, 50)));
}

const NOTE: &str = r#"{"by":"asha"}"#;

async fn resolve(ledger: &dyn Ledger, id: &str, act: ParkedAct) -> Resolved {
    ledger.resolve_parked(id, act, at(30), NOTE).await.unwrap()
}

async fn links(ledger: &dyn Ledger) -> Vec<(Option<CaseId>, String)> {
    let links = ledger.chain(ChainName::Operations, 0, 100).await.unwrap();
    links.into_iter().map(|link| (link.case, link.body)).collect()
}

/// Parks the one due job of a queue.
async fn park(ledger: &dyn Ledger, queue: Queue) -> ParkedItem {
    let held = lease(ledger, queue).await;
    ledger.park_job(held, at(20), "gave up").await.unwrap();
    ledger.parked(10).await.unwrap().pop().unwrap()
}

async fn a_discarded_job_is_gone(ledger: &dyn Ledger) {
    ledger.add_jobs(&[job(1, Queue::Read, 0)]).await.unwrap();
    let item = park(ledger, Queue::Read).await;
    assert_eq!(item.case, Some(CaseId::from_bytes(key(1).owner)));
    assert_eq!(resolve(ledger, &item.id, ParkedAct::Discard).await, Resolved::Done);
    assert_eq!((ledger.parked(10).await.unwrap(), ledger.job(key(1)).await.unwrap()), (vec![], None));
    assert_eq!(links(ledger).await.len(), 1);
    ledger.add_jobs(&[job(2, Queue::Sort, 0)]).await.unwrap();
    let item = park(ledger, Queue::Sort).await;
    assert_eq!((item.kind, item.case), (ParkedKind::Inbox, None));
    assert_eq!(ledger.unfinished().await.unwrap().parked(), 1);
    assert_eq!(resolve(ledger, &item.id, ParkedAct::Discard).await, Resolved::Done);
    assert_eq!(links(ledger).await[1].0, None, "a segment belongs to no case");
    let newest = ledger.newest_links(ChainName::Operations, 1).await.unwrap();
    assert_eq!(newest.iter().map(|link| link.seq).collect::<Vec<_>>(), [2], "the newest first");
}

async fn a_discarded_message_holds_up_no_other(ledger: &dyn Ledger) {
    let states = [OutboundState::Held, OutboundState::Parked];
    for (n, started, after) in [(1, false, states[0]), (2, true, states[1])] {
        let commit = applied(ledger, opening(n).with_job(0, Queue::Tell, at(0)).with_outbound(0)).await;
        let id = commit.outbounds[0].id;
        let held = lease(ledger, Queue::Tell).await;
        if started {
            let digest = portico_vocab::Sha256::of(b"text");
            assert!(ledger.start_sending(held, id, b"sealed", digest, at(3)).await.unwrap());
        }
        ledger.park_job(held, at(4), "no recipient").await.unwrap();
        let item = ledger.parked(10).await.unwrap().pop().unwrap();
        assert_eq!(resolve(ledger, &item.id, ParkedAct::Discard).await, Resolved::Done);
        let row = ledger.outbound(id).await.unwrap().unwrap();
        assert_eq!((row.state, row.state_at, row.detail.as_deref()), (after, at(30), Some("discarded")));
        assert_eq!(ledger.parked(10).await.unwrap(), [], "nobody is asked again");
    }
}

async fn of_two_persons_one_answers(ledger: &dyn Ledger) {
    for n in 0..10 {
        ledger.add_jobs(&[job(n, Queue::Read, 0)]).await.unwrap();
        let item = park(ledger, Queue::Read).await;
        let acts = [ParkedAct::Discard, ParkedAct::Discard].map(|act| resolve(ledger, &item.id, act));
        let said = futures::future::join_all(acts).await;
        assert_eq!(said.iter().filter(|resolved| **resolved == Resolved::Done).count(), 1);
        assert_eq!(links(ledger).await.len(), usize::from(n) + 1);
    }
}

async fn a_trace_comes_back_with_the_claim(ledger: &dyn Ledger) {
    let commit = applied(ledger, opening(1).with_job(0, Queue::Read, at(0)).with_event(1, &["bank"])).await;
    let claimed = ledger.claim_jobs(Queue::Read, at(900), at(1000), 1).await.unwrap();
    assert_eq!((claimed[0].trace.as_ref(), claimed[0].trace.is_some()), (commit.jobs[0].trace.as_ref(), true));
    let claimed = ledger.claim_deliveries(at(900), at(1000), 1).await.unwrap();
    assert_eq!((claimed[0].trace.as_ref(), claimed[0].trace.is_some()), (commit.deliveries[0].trace.as_ref(), true));
    let long = JobRow { trace: Some("+91 98".into()), ..job(3, Queue::Read, 0) };
    assert!(matches!(ledger.add_jobs(&[long]).await, Err(LedgerError::Inconsistent { .. })));
}

async fn a_parked_send_is_never_sent_again_and_can_be_acknowledged(ledger: &dyn Ledger) {
    let commit = applied(ledger, opening(1).with_job(0, Queue::Tell, at(0)).with_outbound(0)).await;
    let held = lease(ledger, Queue::Tell).await;
    ledger.settle(held, commit.outbounds[0].id, &Settled::Parked, at(7), at(0)).await.unwrap();
    let parked = ledger.parked(10).await.unwrap();
    assert_eq!((parked.len(), parked[0].kind, parked[0].since), (1, ParkedKind::Send, at(7)));
    assert_eq!(parked[0].what, "notice");
    assert_eq!(resolve(ledger, &parked[0].id, ParkedAct::Retry).await, Resolved::NeverResent);
    assert_eq!(links(ledger).await, []);
    assert_eq!(resolve(ledger, &parked[0].id, ParkedAct::Discard).await, Resolved::Done);
    assert_eq!(links(ledger).await, [(Some(case_id(1)), NOTE.into())]);
    assert_eq!((ledger.parked(10).await.unwrap(), ledger.counts(at(9)).await.unwrap().parked), (vec![], 0));
    assert_eq!(ledger.outbound(commit.outbounds[0].id).await.unwrap().unwrap().state, OutboundState::Parked);
    for act in [ParkedAct::Retry, ParkedAct::Discard] {
        assert_eq!(resolve(ledger, &parked[0].id, act).await, Resolved::NotParked);
    }
}

async fn claims_made_at_once_never_share_a_job(ledger: &dyn Ledger) {
    let jobs: Vec<_> = (0..60).map(|n| job(n, Queue::Read, i64::from(n))).collect();
    ledger.add_jobs(&jobs).await.unwrap();
    let mut claimed = Vec::new();
    while claimed.len() < 60 {
        let claims = (0..8).map(|_| ledger.claim_jobs(Queue::Read, at(100), at(200), 5));
        let before = claimed.len();
        for jobs in futures::future::join_all(claims).await {
            claimed.extend(jobs.unwrap().into_iter().map(|job| job.fence));
        }
        assert!(claimed.len() > before, "due jobs are handed out");
    }
    let distinct: BTreeSet<_> = claimed.iter().map(|Fence { key, .. }| *key).collect();
    assert_eq!((distinct.len(), claimed.len()), (60, 60));
}

async fn the_backlog_counts_what_is_due(ledger: &dyn Ledger) {
    assert_eq!(ledger.backlog(Queue::Read, at(100)).await.unwrap(), (0, None));
    ledger.add_jobs(&[job(1, Queue::Read, 30), job(2, Queue::Read, 10), job(3, Queue::Read, 200)]).await.unwrap();
    assert_eq!(ledger.backlog(Queue::Read, at(100)).await.unwrap(), (2, Some(at(10))));
    assert_eq!(ledger.counts(at(100)).await.unwrap().jobs_waiting, 2);
}

async fn work_wakes_who_waits(ledger: &dyn Ledger) {
    // A wait that is not woken would outlast the test.
    let long = Duration::from_secs(3600);
    let jobs = [job(1, Queue::Read, 0)];
    let (added, ()) = futures::future::join(ledger.add_jobs(&jobs), ledger.wait_for_work(long)).await;
    added.unwrap();
    ledger.wait_for_work(Duration::ZERO).await;
}
