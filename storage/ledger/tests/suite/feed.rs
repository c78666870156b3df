//! Feed: dense positions, deliveries in order, parking.

use portico_ledger::{
    ChainName, ClaimedDelivery, DeliveryEnd, EventFilter, Ledger, LedgerError, ParkedAct, ParkedKind, Resolved,
    SubscriberState,
};
use portico_vocab::Sha256;

use crate::conformance;
use crate::rows::{With as _, applied, at, case_id, changing, event_id, opening};

conformance!(
    positions_are_dense_and_in_order,
    positions_stay_dense_while_commits_race,
    a_case_keeps_its_order_where_clocks_disagree,
    events_are_filtered_and_name_the_one_before,
    one_delivery_a_case_and_subscriber_at_a_time,
    a_delivery_is_tried_again_and_its_lease_fenced,
    a_parked_delivery_holds_back_its_case_only,
    a_disabled_subscriber_gets_nothing_more,
    deliveries_claimed_at_once_are_never_shared,
    a_skipped_delivery_lets_the_later_ones_go_on,
    subscribers_say_how_it_stands_with_them,
    a_disabled_subscriber_is_taken_back,
    successes_and_a_410_at_once_both_end,
);

async fn positions_are_dense_and_in_order(ledger: &dyn Ledger) {
    assert_eq!(ledger.sequence(10).await.unwrap(), 0);
    applied(ledger, opening(2).with_event(1, &[]).with_event(2, &[])).await;
    applied(ledger, opening(1).with_event(1, &[])).await;
    assert_eq!(ledger.events(&all()).await.unwrap(), [], "no event is shown before it has a position");
    assert_eq!(ledger.sequence(2).await.unwrap(), 2);
    assert_eq!(ledger.sequence(2).await.unwrap(), 1);
    assert_eq!(ledger.sequence(2).await.unwrap(), 0);
    let rows = ledger.events(&all()).await.unwrap();
    let order: Vec<_> = rows.iter().map(|row| (row.position, row.event.case, row.event.seq)).collect();
    assert_eq!(order, [(1, case_id(1), 1), (2, case_id(2), 1), (3, case_id(2), 2)]);
}

fn all() -> EventFilter {
    EventFilter { limit: 1000, ..Default::default() }
}

async fn positions_stay_dense_while_commits_race(ledger: &dyn Ledger) {
    let commits: Vec<_> = (1..=20).map(|n| opening(n).with_event(1, &[]).with_event(2, &[])).collect();
    let commits = futures::future::join_all(commits.iter().map(|commit| ledger.commit(commit)));
    let sequencers = futures::future::join_all((0..6).map(|_| ledger.sequence(7)));
    let (committed, _) = futures::future::join(commits, sequencers).await;
    assert!(committed.into_iter().all(|result| result.is_ok()));
    while ledger.sequence(7).await.unwrap() > 0 {}
    let rows = ledger.events(&all()).await.unwrap();
    let positions: Vec<_> = rows.iter().map(|row| row.position).collect();
    assert_eq!(positions, (1..=40).collect::<Vec<_>>());
    for n in 1..=20 {
        let seqs: Vec<_> = rows.iter().filter(|row| row.event.case == case_id(n)).map(|row| row.event.seq).collect();
        assert_eq!(seqs, [1, 2]);
    }
}

async fn a_case_keeps_its_order_where_clocks_disagree(ledger: &dyn Ledger) {
    let mut early = opening(1).with_event(1, &[]);
    early.events[0].at = at(500);
    applied(ledger, early).await;
    let mut behind = changing(1, 1).with_event(2, &[]);
    behind.events[0].at = at(0);
    applied(ledger, behind).await;
    applied(ledger, opening(2).with_event(1, &[])).await;
    while ledger.sequence(1).await.unwrap() > 0 {}
    let rows = ledger.events(&all()).await.unwrap();
    let order: Vec<_> = rows.iter().map(|row| (row.event.case, row.event.seq)).collect();
    assert_eq!(order, [(case_id(2), 1), (case_id(1), 1), (case_id(1), 2)]);
}

async fn events_are_filtered_and_name_the_one_before(ledger: &dyn Ledger) {
    applied(ledger, opening(1).with_event(1, &[])).await;
    let mut second = changing(1, 1).with_event(2, &[]);
    second.events[0].kind = "kyc.consent.given".into();
    let second = applied(ledger, second).await;
    applied(ledger, opening(2).with_event(1, &[])).await;
    ledger.sequence(10).await.unwrap();
    let kind = EventFilter { kind: Some("kyc.consent.given".into()), ..all() };
    let rows = ledger.events(&kind).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].previous, rows[0].history_digest), (Some(event_id(case_id(1), 1)), second.entry.digest));
    assert_eq!(ledger.events(&EventFilter { case: Some(case_id(1)), ..all() }).await.unwrap().len(), 2);
    let page = ledger.events(&EventFilter { after: 1, limit: 1, ..all() }).await.unwrap();
    assert_eq!(page.iter().map(|row| row.position).collect::<Vec<_>>(), [2]);
    assert_eq!(ledger.events(&EventFilter { after: u64::MAX, ..all() }).await.unwrap(), []);
}

async fn resolve(ledger: &dyn Ledger, id: &str, act: ParkedAct, second: i64) -> Resolved {
    ledger.resolve_parked(id, act, at(second), "{}").await.unwrap()
}

async fn claim(ledger: &dyn Ledger, second: i64) -> Vec<ClaimedDelivery> {
    ledger.claim_deliveries(at(second), at(second + 60), 100).await.unwrap()
}

async fn end(ledger: &dyn Ledger, claimed: &ClaimedDelivery, end: DeliveryEnd, second: i64) {
    let (event, subscriber) = (claimed.event.id, &claimed.subscriber);
    ledger.end_delivery(event, subscriber, claimed.fence, &end, at(second)).await.unwrap();
}

fn places(claimed: &[ClaimedDelivery]) -> Vec<(&str, u8, u64)> {
    let place = |d: &ClaimedDelivery| d.event.case.as_bytes()[0];
    claimed.iter().map(|d| (d.subscriber.as_str(), place(d), d.event.seq)).collect()
}

async fn one_delivery_a_case_and_subscriber_at_a_time(ledger: &dyn Ledger) {
    let opened = applied(ledger, opening(1).with_event(1, &["a", "b"]).with_event(2, &["a"])).await;
    applied(ledger, opening(2).with_event(1, &["a"])).await;
    let claimed = claim(ledger, 1000).await;
    assert_eq!(places(&claimed), [("a", 1, 1), ("b", 1, 1), ("a", 2, 1)]);
    assert_eq!((claimed[0].previous, claimed[0].tries, claimed[0].first_at), (None, 0, opened.deliveries[0].run_at));
    assert_eq!((&claimed[0].event, claimed[0].history_digest), (&opened.events[0], opened.entry.digest));
    assert_eq!(claim(ledger, 1001).await, [], "nothing while the first is on its way");
    end(ledger, &claimed[0], DeliveryEnd::Delivered, 1002).await;
    let next = claim(ledger, 1003).await;
    assert_eq!(places(&next), [("a", 1, 2)]);
    assert_eq!(next[0].previous, Some(opened.events[0].id));
    assert_eq!(ledger.counts(at(0)).await.unwrap().announced, 1);
}

async fn a_delivery_is_tried_again_and_its_lease_fenced(ledger: &dyn Ledger) {
    applied(ledger, opening(1).with_event(1, &["a"])).await;
    let first = claim(ledger, 1000).await.remove(0);
    end(ledger, &first, DeliveryEnd::Retry { run_at: at(1500), why: "503".into() }, 1001).await;
    assert_eq!(claim(ledger, 1400).await, []);
    let second = claim(ledger, 1500).await.remove(0);
    assert_eq!((second.tries, second.first_at), (1, first.first_at));
    let third = claim(ledger, 1560).await.remove(0);
    assert!(third.fence > second.fence, "its lease ended");
    for late in [&first, &second] {
        let ended = ledger.end_delivery(late.event.id, "a", late.fence, &DeliveryEnd::Delivered, at(1561)).await;
        assert!(matches!(ended, Err(LedgerError::LostLease)));
    }
    end(ledger, &third, DeliveryEnd::Delivered, 1562).await;
    let again = ledger.end_delivery(third.event.id, "a", third.fence, &DeliveryEnd::Delivered, at(1563)).await;
    assert!(matches!(again, Err(LedgerError::LostLease)));
}

async fn a_parked_delivery_holds_back_its_case_only(ledger: &dyn Ledger) {
    applied(ledger, opening(1).with_event(1, &["a", "b"]).with_event(2, &["a", "b"])).await;
    applied(ledger, opening(2).with_event(1, &["a"])).await;
    for delivery in claim(ledger, 1000).await {
        let parked = delivery.subscriber == "a" && delivery.event.case == case_id(1);
        let why = "400".to_owned();
        end(ledger, &delivery, if parked { DeliveryEnd::Parked { why } } else { DeliveryEnd::Delivered }, 1001).await;
    }
    assert_eq!(places(&claim(ledger, 1100).await), [("b", 1, 2)]);
    let parked = ledger.parked(10).await.unwrap();
    assert_eq!((parked.len(), parked[0].kind, parked[0].why.as_str()), (1, ParkedKind::Delivery, "400"));
    assert_eq!((parked[0].since, parked[0].what.as_str()), (at(1001), "kyc.case.opened"));
    assert_eq!(resolve(ledger, &parked[0].id, ParkedAct::Retry, 2000).await, Resolved::Done);
    let taken_up = claim(ledger, 2000).await;
    assert_eq!(places(&taken_up), [("b", 1, 2), ("a", 1, 1)]);
    assert_eq!((taken_up[1].tries, taken_up[1].first_at), (0, at(2000)), "it starts afresh");
}

async fn a_disabled_subscriber_gets_nothing_more(ledger: &dyn Ledger) {
    applied(ledger, opening(1).with_event(1, &["a", "b"])).await;
    applied(ledger, opening(2).with_event(1, &["a"])).await;
    let claimed = claim(ledger, 1000).await;
    end(ledger, &claimed[0], DeliveryEnd::Disabled, 1001).await;
    assert_eq!(ledger.disabled_subscribers().await.unwrap(), ["a"]);
    let parked = ledger.parked(10).await.unwrap();
    assert_eq!(parked.len(), 2, "those on their way too");
    let late = &claimed[2];
    let ended = ledger.end_delivery(late.event.id, "a", late.fence, &DeliveryEnd::Delivered, at(1002)).await;
    assert!(matches!(ended, Err(LedgerError::LostLease)));
    applied(ledger, opening(3).with_event(1, &["a", "b"])).await;
    assert_eq!(resolve(ledger, &parked[0].id, ParkedAct::Retry, 1003).await, Resolved::Done);
    assert_eq!(places(&claim(ledger, 3000).await), [("b", 3, 1), ("b", 1, 1)]);
}

async fn deliveries_claimed_at_once_are_never_shared(ledger: &dyn Ledger) {
    for n in 1..=30 {
        applied(ledger, opening(n).with_event(1, &["a", "b"]).with_event(2, &["a"])).await;
    }
    let mut claimed = Vec::new();
    while claimed.len() < 60 {
        let before = claimed.len();
        let claims = futures::future::join_all((0..6).map(|_| ledger.claim_deliveries(at(5000), at(6000), 4))).await;
        claimed.extend(claims.into_iter().flat_map(Result::unwrap));
        assert!(claimed.len() > before, "due deliveries are handed out");
    }
    assert!(claimed.iter().all(|delivery| delivery.event.seq == 1 && delivery.fence == 1));
    assert_ne!(claimed[0].history_digest, Sha256::of(b""));
}

async fn a_skipped_delivery_lets_the_later_ones_go_on(ledger: &dyn Ledger) {
    applied(ledger, opening(1).with_event(1, &["a"]).with_event(2, &["a"]).with_event(3, &["a"])).await;
    let first = claim(ledger, 1000).await.remove(0);
    end(ledger, &first, DeliveryEnd::Delivered, 1001).await;
    let second = claim(ledger, 1002).await.remove(0);
    end(ledger, &second, DeliveryEnd::Parked { why: "400".into() }, 1003).await;
    let item = ledger.parked(10).await.unwrap().remove(0);
    assert_eq!(resolve(ledger, &item.id, ParkedAct::Discard, 1004).await, Resolved::Done);
    assert_eq!(resolve(ledger, &item.id, ParkedAct::Retry, 1004).await, Resolved::NotParked, "it was skipped");
    assert_eq!((ledger.parked(10).await.unwrap(), ledger.counts(at(0)).await.unwrap().parked), (vec![], 0));
    let third = claim(ledger, 1005).await.remove(0);
    assert_eq!((third.event.seq, third.previous), (3, Some(first.event.id)), "what was skipped was not sent before it");
    end(ledger, &third, DeliveryEnd::Delivered, 1006).await;
    assert_eq!(ledger.counts(at(0)).await.unwrap().announced, 2);
    let links = ledger.chain(ChainName::Operations, 0, 10).await.unwrap();
    assert_eq!(links.iter().map(|link| link.case).collect::<Vec<_>>(), [Some(case_id(1))]);
}

async fn subscribers_say_how_it_stands_with_them(ledger: &dyn Ledger) {
    assert_eq!(ledger.subscribers().await.unwrap(), []);
    let opened = applied(ledger, opening(1).with_event(1, &["a", "b"]).with_event(2, &["a"])).await;
    applied(ledger, opening(2).with_event(1, &["a"])).await;
    let due = opened.deliveries[0].run_at;
    let name = |name: &str| name.to_owned();
    let a = SubscriberState { name: name("a"), waiting: 3, oldest_due: Some(due), next_try: Some(due), ..none() };
    let b = SubscriberState { name: name("b"), waiting: 1, oldest_due: Some(due), next_try: Some(due), ..none() };
    assert_eq!(ledger.subscribers().await.unwrap(), [a.clone(), b]);
    for (claimed, ended) in claim(ledger, 1000).await.iter().zip([
        DeliveryEnd::Retry { run_at: at(5000), why: "503".into() },
        DeliveryEnd::Delivered,
        DeliveryEnd::Parked { why: "400".into() },
    ]) {
        end(ledger, claimed, ended, 1001).await;
    }
    let a = SubscriberState { waiting: 2, parked: 1, next_try: Some(at(5000)), ..a };
    let b = SubscriberState { name: name("b"), last_success: Some(at(1001)), ..none() };
    assert_eq!(ledger.subscribers().await.unwrap(), [a, b], "what waits behind another has no try of its own");
    let again = claim(ledger, 5000).await.remove(0);
    end(ledger, &again, DeliveryEnd::Disabled, 5001).await;
    let a = ledger.subscribers().await.unwrap().remove(0);
    assert_eq!((a.waiting, a.parked, a.disabled_since), (0, 3, Some(at(5001))));
    assert_eq!((a.oldest_due, a.next_try, a.last_success), (None, None, None));
}

fn none() -> SubscriberState {
    SubscriberState::default()
}

async fn a_disabled_subscriber_is_taken_back(ledger: &dyn Ledger) {
    for n in 1..4 {
        applied(ledger, opening(n).with_event(1, &["a"])).await;
    }
    let claimed = claim(ledger, 1000).await;
    end(ledger, &claimed[0], DeliveryEnd::Parked { why: "400".into() }, 1001).await;
    end(ledger, &claimed[1], DeliveryEnd::Disabled, 1002).await;
    assert!(!ledger.enable_subscriber("b", at(1003), "{}").await.unwrap());
    assert_eq!(ledger.chain(ChainName::Operations, 0, 10).await.unwrap(), [], "without an act there is no link");
    assert!(ledger.enable_subscriber("a", at(1003), "taken back").await.unwrap());
    assert!(!ledger.enable_subscriber("a", at(1004), "{}").await.unwrap(), "it is not disabled any more");
    let links = ledger.chain(ChainName::Operations, 0, 10).await.unwrap();
    assert_eq!(links.iter().map(|link| link.body.as_str()).collect::<Vec<_>>(), ["taken back"]);
    assert!(ledger.disabled_subscribers().await.unwrap().is_empty());
    let taken_up = claim(ledger, 1003).await;
    assert_eq!(
        places(&taken_up),
        [("a", 2, 1), ("a", 3, 1)],
        "what was parked before the 410 still waits for a person"
    );
    assert_eq!((taken_up[0].tries, taken_up[0].first_at), (0, at(1003)));
}

/// Both lock a delivery and the subscriber's row, in another order: one of two that cross starts over.
async fn successes_and_a_410_at_once_both_end(ledger: &dyn Ledger) {
    for n in 1..=12 {
        applied(ledger, opening(n).with_event(1, &["a"])).await;
    }
    let claimed = claim(ledger, 2000).await;
    let ends = claimed.iter().enumerate().map(|(n, delivery)| {
        let end = if n == 6 { &DeliveryEnd::Disabled } else { &DeliveryEnd::Delivered };
        ledger.end_delivery(delivery.event.id, "a", delivery.fence, end, at(2001))
    });
    for ended in futures::future::join_all(ends).await {
        assert!(matches!(ended, Ok(()) | Err(LedgerError::LostLease)), "{ended:?}");
    }
    let [state] = &ledger.subscribers().await.unwrap()[..] else { panic!("one subscriber") };
    assert_eq!((state.waiting, state.disabled_since), (0, Some(at(2001))));
}
