//! Read: pages, the reviewers' queue, senders and their names, counts.

use portico_ledger::{
    AliasKind, AliasRow, CaseFilter, ClaimLease, Commit, Counts, Cursor, DeliveryEnd, Ledger, OpenChange,
    OutboundState, Queue, SeenRow, SegmentRow, Settled, StopChange, Unfinished,
};
use portico_vocab::{EvidenceId, OutcomeName, StageName};

use crate::conformance;
use crate::rows::{With as _, applied, at, case_id, changing, hash, lease, opening, sender};

conformance!(
    cases_are_paged_and_filtered,
    the_queue_is_longest_waiting_first,
    a_case_is_found_by_the_end_of_its_id,
    a_sender_is_found_by_any_name,
    an_alias_moves_to_its_new_sender,
    history_is_read_in_pages,
    what_happened_is_counted,
    a_healthy_ledger_says_so,
    what_is_unfinished_is_counted,
    a_case_that_nothing_moves_is_stuck,
    open_stages_are_those_that_are_no_end,
);

async fn cases_are_paged_and_filtered(ledger: &dyn Ledger) {
    // Case 7 was opened first, and two share their second.
    for (n, second) in [(7, 10), (3, 20), (5, 20), (1, 30)] {
        let mut commit = opening(n);
        commit.case.opened_at = at(second);
        applied(ledger, commit).await;
    }
    let mut decided = changing(5, 1);
    (decided.case.stage, decided.case.outcome) = (StageName::Decided, Some(OutcomeName::Approved));
    decided.case.opened_at = at(20);
    applied(ledger, decided).await;
    let mut filter = CaseFilter { limit: 3, ..Default::default() };
    let page = ledger.cases(&filter).await.unwrap();
    assert_eq!(page.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [case_id(7), case_id(3), case_id(5)]);
    assert_eq!(page.next, Some(Cursor { at: at(20), id: case_id(5) }));
    filter.after = page.next;
    let page = ledger.cases(&filter).await.unwrap();
    assert_eq!((page.rows.len(), page.rows[0].id, page.next), (1, case_id(1), None));
    let ids = async |filter: CaseFilter| {
        ledger.cases(&filter).await.unwrap().rows.iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let all = CaseFilter { limit: 100, ..Default::default() };
    assert_eq!(ids(CaseFilter { stage: Some(StageName::Decided), ..all.clone() }).await, [case_id(5)]);
    assert_eq!(ids(CaseFilter { outcome: Some(OutcomeName::Declined), ..all.clone() }).await, []);
    assert_eq!(ids(CaseFilter { outcome: Some(OutcomeName::Approved), ..all.clone() }).await, [case_id(5)]);
    assert_eq!(ids(CaseFilter { limit: 0, ..all }).await, [case_id(7)], "a page has one row at least");
}

async fn the_queue_is_longest_waiting_first(ledger: &dyn Ledger) {
    for (n, since) in [(1, Some(30)), (2, Some(10)), (3, None), (4, Some(30)), (5, Some(20))] {
        let mut commit = opening(n);
        commit.case.review_since = since.map(at);
        commit.case.summary = format!("{{\"n\":{n}}}");
        applied(ledger, commit).await;
    }
    let hold = ClaimLease { case: case_id(5), reviewer: "ann".into(), until: at(100) };
    ledger.claim_case(&hold, at(0)).await.unwrap();
    let rows = ledger.queue(None, 3, at(50)).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.case).collect::<Vec<_>>(), [case_id(2), case_id(5), case_id(1)]);
    assert_eq!((rows[0].since, rows[0].summary.as_str(), &rows[0].claim), (at(10), "{\"n\":2}", &None));
    assert_eq!(rows[1].claim, Some(hold));
    let after = Cursor { at: rows[2].since, id: rows[2].case };
    let rows = ledger.queue(Some(after), 3, at(100)).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.case).collect::<Vec<_>>(), [case_id(4)]);
    assert_eq!(ledger.queue(None, 9, at(100)).await.unwrap()[1].claim, None, "a hold that ended is none");
    let mut decided = changing(2, 1);
    decided.case.review_since = None;
    applied(ledger, decided).await;
    assert_eq!(ledger.queue(None, 9, at(50)).await.unwrap().len(), 3, "who was decided left the queue");
}

async fn a_case_is_found_by_the_end_of_its_id(ledger: &dyn Ledger) {
    for n in 1..=40 {
        applied(ledger, opening(n)).await;
    }
    for n in [1, 17, 40] {
        let id = case_id(n);
        assert_eq!(ledger.cases_by_short(&id.short().to_uppercase(), 5).await.unwrap(), [id]);
        assert_eq!(ledger.cases_by_short(&id.to_string(), 5).await.unwrap(), [id]);
    }
    let last = |n: u8| case_id(n).short().chars().last().unwrap();
    let alike: Vec<_> = (1..=40).rev().filter(|n| last(*n) == last(3)).map(case_id).collect();
    assert!(alike.len() > 1);
    assert_eq!(ledger.cases_by_short(&last(3).to_string(), 50).await.unwrap(), alike, "newest first");
    assert_eq!(ledger.cases_by_short(&last(3).to_string(), 1).await.unwrap(), alike[..1]);
    for nothing in ["", "case_", "zzzz", "%", "é"] {
        assert_eq!(ledger.cases_by_short(nothing, 5).await.unwrap(), [], "{nothing}");
    }
}

async fn a_sender_is_found_by_any_name(ledger: &dyn Ledger) {
    let mut commit = opening(1);
    for (kind, n) in [(AliasKind::ParentUserId, 12), (AliasKind::Phone, 11), (AliasKind::UserId, 13)] {
        commit.aliases.push(AliasRow { kind, hash: hash(n), sender: sender(1) });
    }
    commit.stop = StopChange::Set { hashes: vec![hash(12)], at: at(5) };
    let commit = applied(ledger, Commit { open: OpenChange::Open, ..commit }).await;
    let found = ledger.senders(&[hash(13), hash(99), hash(11)]).await.unwrap();
    assert_eq!(found.iter().map(|found| found.alias.hash).collect::<Vec<_>>(), [hash(13), hash(11)]);
    let kinds: Vec<_> = found[0].all.iter().map(|alias| alias.kind).collect();
    assert_eq!(kinds, [AliasKind::Phone, AliasKind::UserId, AliasKind::ParentUserId]);
    assert_eq!((found[0].open_case, found[0].stopped_at), (Some(commit.case.id), Some(at(5))));
    assert_eq!(ledger.aliases(sender(1)).await.unwrap(), found[0].all);
    let mut closing = changing(1, 1);
    closing.open = OpenChange::Close;
    applied(ledger, closing).await;
    let mut newer = opening(2);
    newer.case.sender = sender(1);
    newer.open = OpenChange::Keep;
    applied(ledger, newer).await;
    let found = ledger.senders(&[hash(11)]).await.unwrap().remove(0);
    assert_eq!((found.open_case, found.latest_case), (None, Some(case_id(2))));
}

async fn an_alias_moves_to_its_new_sender(ledger: &dyn Ledger) {
    applied(ledger, opening(1).with_alias(hash(1), sender(1)).with_alias(hash(2), sender(1))).await;
    applied(ledger, opening(2).with_alias(hash(1), sender(2))).await;
    let found = ledger.senders(&[hash(1), hash(2)]).await.unwrap();
    assert_eq!(found.iter().map(|found| found.alias.sender).collect::<Vec<_>>(), [sender(2), sender(1)]);
    assert_eq!(ledger.aliases(sender(1)).await.unwrap().len(), 1);
    assert_eq!(ledger.aliases(sender(9)).await.unwrap(), []);
}

async fn history_is_read_in_pages(ledger: &dyn Ledger) {
    applied(ledger, opening(1)).await;
    for version in 1..5 {
        applied(ledger, changing(1, version)).await;
    }
    let versions = async |after, limit| {
        let entries = ledger.entries(case_id(1), after, limit).await.unwrap();
        entries.iter().map(|entry| entry.version.0).collect::<Vec<_>>()
    };
    assert_eq!(versions(0, 3).await, [1, 2, 3]);
    assert_eq!(versions(3, 3).await, [4, 5]);
    assert!(versions(u64::MAX, 3).await.is_empty());
}

async fn what_happened_is_counted(ledger: &dyn Ledger) {
    assert_eq!(ledger.counts(at(0)).await.unwrap(), Counts::default());
    let mut first = opening(1);
    first.case.review_since = Some(at(1));
    for n in [1, 1, 2] {
        first.seen.push(SeenRow { hash: hash(n), case: case_id(1), evidence: EvidenceId::from_bytes([n; 16]) });
    }
    applied(ledger, first).await;
    let mut second = opening(2);
    second.case.outcome = Some(OutcomeName::Declined);
    applied(ledger, second).await;
    let counts = ledger.counts(at(0)).await.unwrap();
    assert_eq!((counts.cases, counts.in_review, counts.decided, counts.taken_in), (2, 1, 1, 2));
}

async fn a_healthy_ledger_says_so(ledger: &dyn Ledger) {
    ledger.health().await.unwrap();
}

async fn a_case_that_nothing_moves_is_stuck(ledger: &dyn Ledger) {
    let of = async |before| ledger.stuck(at(before), 10).await.unwrap();
    applied(ledger, opening(1).with_job(0, Queue::Timer, at(10))).await;
    let mut checking = opening(2).with_job(0, Queue::Timer, at(10));
    checking.case.stage = StageName::Checking;
    applied(ledger, checking).await;
    let mut seen = opening(3);
    seen.case.stage = StageName::InReview;
    applied(ledger, seen).await;
    assert_eq!(of(1_000).await, [case_id(2)], "a timer alone moves no case on that is being checked");
    assert_eq!(of(199).await, [], "it changed since");
    let fence = ledger.claim_jobs(Queue::Timer, at(20), at(30), 1).await.unwrap().remove(0).fence;
    ledger.park_job(fence, at(20), "broken").await.unwrap();
    assert_eq!(of(1_000).await, [case_id(1), case_id(2)], "what is parked moves nothing");
}

async fn what_is_unfinished_is_counted(ledger: &dyn Ledger) {
    assert_eq!(ledger.unfinished().await.unwrap(), Unfinished::default());
    // Told twice: one is sent, one given up.
    let told = opening(1).with_job(0, Queue::Tell, at(0)).with_outbound(0).with_outbound(1);
    let told = applied(ledger, told.with_event(1, &["a"]).with_event(2, &["a"])).await;
    let [sent, waiting] = [0, 1].map(|n| told.outbounds[n].id);
    let found = ledger.unfinished().await.unwrap();
    assert_eq!(found.outbounds.into_iter().collect::<Vec<_>>(), [(OutboundState::Queued, 2)]);
    let held = lease(ledger, Queue::Tell).await;
    ledger.settle(held, waiting, &Settled::Unknown, at(1), at(2)).await.unwrap();
    let held = lease(ledger, Queue::Tell).await;
    ledger.settle(held, sent, &Settled::Sent { wamid: hash(1) }, at(1), at(2)).await.unwrap();
    let claimed = ledger.claim_deliveries(at(900), at(1000), 9).await.unwrap().remove(0);
    let why = "400".into();
    ledger.end_delivery(claimed.event.id, "a", claimed.fence, &DeliveryEnd::Parked { why }, at(901)).await.unwrap();
    for n in [2, 3, 4] {
        let (day, custody) = ("2026-11-22".into(), String::new());
        let at = at(i64::from(n));
        let segment = SegmentRow { id: [n; 16], day, at, bodies: 5, custody, body: vec![n], trace: None };
        ledger.accept(&[segment]).await.unwrap();
    }
    let first = lease(ledger, Queue::Sort).await;
    ledger.park_job(first, at(5), "unreadable").await.unwrap();
    applied(ledger, opening(7).with_job(0, Queue::Read, at(0))).await;
    let read = lease(ledger, Queue::Read).await;
    ledger.park_job(read, at(5), "gave up").await.unwrap();
    let found = ledger.unfinished().await.unwrap();
    assert_eq!(found.cases.into_iter().collect::<Vec<_>>(), [(StageName::Consenting, 2)]);
    assert_eq!(found.outbounds.into_iter().collect::<Vec<_>>(), [(OutboundState::Unknown, 1)]);
    assert_eq!((found.segments, found.oldest_segment), (2, Some(at(3))));
    assert_eq!((found.parked_inbox, found.parked_jobs), (1, 1));
    assert_eq!((found.deliveries_waiting, found.deliveries_parked), (1, 1));
}

async fn open_stages_are_those_that_are_no_end(ledger: &dyn Ledger) {
    for (n, stage) in (1..).zip(StageName::ALL) {
        let mut commit = opening(n);
        commit.case.stage = *stage;
        applied(ledger, commit).await;
    }
    let found = ledger.unfinished().await.unwrap().cases;
    let open = StageName::ALL.iter().filter(|stage| !stage.is_end()).map(|stage| (*stage, 1));
    assert_eq!(found, open.collect());
}
