//! Record: commits and their guards, inputs of no case, chains, policies.

use portico_ledger::{
    ChainName, CommitError, Committed, Fence, JobKey, Ledger, LedgerError, OpenChange, Queue, SeenRow, StopChange,
    StrayRow, WindowRow,
};
use portico_vocab::{CaseVersion, EvidenceId, PhoneNumberId, Sha256};

use crate::conformance;
use crate::rows::{With as _, applied, at, case_id, changing, hash, input, lease, object, opening, sender};

conformance!(
    a_commit_lands_whole,
    a_repeated_input_writes_nothing,
    a_stale_change_writes_nothing,
    a_lost_lease_writes_nothing,
    a_second_open_case_writes_nothing,
    a_refused_effect_takes_all_with_it,
    an_ill_formed_commit_is_refused,
    guards_answer_in_their_order,
    many_commits_land_together,
    one_bad_commit_spoils_no_other,
    commits_of_one_call_see_each_other,
    the_key_is_kept_until_it_is_shredded,
    a_stray_is_consumed_once_and_linked,
    links_follow_each_other,
    links_added_at_once_are_dense,
    racing_commits_have_one_winner,
    a_policy_is_kept_as_first_written,
    objects_are_known_from_the_commit_until_they_are_forgotten,
);

async fn a_commit_lands_whole(ledger: &dyn Ledger) {
    let mut commit = opening(1).with_job(0, Queue::TakeIn, at(5)).with_outbound(1).with_event(1, &["bank"]);
    commit = commit.with_alias(hash(1), sender(1));
    commit.seen.push(SeenRow { hash: hash(9), case: case_id(1), evidence: EvidenceId::from_bytes([9; 16]) });
    let number = PhoneNumberId::parse("106540352242922").unwrap();
    commit.window = Some(WindowRow { phone_number: number.clone(), sender: sender(1), newest_inbound_at: at(3) });
    commit.stop = StopChange::Set { hashes: vec![hash(1)], at: at(4) };
    let commit = applied(ledger, commit).await;
    assert_eq!(ledger.case(case_id(1)).await.unwrap().as_ref(), Some(&commit.case));
    assert_eq!(ledger.entries(case_id(1), 0, 10).await.unwrap(), std::slice::from_ref(&commit.entry));
    assert_eq!(ledger.job(commit.jobs[0].key).await.unwrap().as_ref(), Some(&commit.jobs[0]));
    assert_eq!(ledger.outbounds(case_id(1)).await.unwrap(), commit.outbounds);
    assert_eq!(ledger.sequence(10).await.unwrap(), 1);
    assert_eq!(ledger.events(&filter_all()).await.unwrap()[0].event, commit.events[0]);
    assert_eq!(ledger.seen(hash(9)).await.unwrap(), [(case_id(1), EvidenceId::from_bytes([9; 16]))]);
    assert_eq!(ledger.window(&number, sender(1)).await.unwrap(), Some(at(3)));
    assert_eq!(ledger.stopped_at(&[hash(1), hash(2)]).await.unwrap(), Some(at(4)));
    let found = ledger.senders(&[hash(1), hash(2)]).await.unwrap();
    assert_eq!((found.len(), found[0].open_case, found[0].latest_case), (1, Some(case_id(1)), Some(case_id(1))));
    assert!(ledger.input_consumed(commit.input).await.unwrap());
}

fn filter_all() -> portico_ledger::EventFilter {
    portico_ledger::EventFilter { limit: 100, ..Default::default() }
}

async fn a_repeated_input_writes_nothing(ledger: &dyn Ledger) {
    let first = applied(ledger, opening(1)).await;
    assert_eq!(ledger.commit(&first).await.unwrap(), Committed::AlreadyApplied);
    let mut again = changing(1, 1).with_job(0, Queue::TakeIn, at(0));
    again.input = first.input;
    assert_eq!(ledger.commit(&again).await.unwrap(), Committed::AlreadyApplied);
    assert_eq!(ledger.case(case_id(1)).await.unwrap().unwrap().version, CaseVersion(1));
    assert_eq!(ledger.job(again.jobs[0].key).await.unwrap(), None);
}

async fn a_stale_change_writes_nothing(ledger: &dyn Ledger) {
    applied(ledger, opening(1)).await;
    applied(ledger, changing(1, 1)).await;
    let mut late = changing(1, 1).with_outbound(0);
    late.input = input(77);
    let mut unknown = changing(2, 5);
    unknown.input = input(78);
    let mut opened_again = opening(1);
    opened_again.input = input(79);
    for commit in [late, unknown, opened_again] {
        assert!(matches!(ledger.commit(&commit).await, Err(CommitError::Stale)));
        assert!(!ledger.input_consumed(commit.input).await.unwrap(), "the input may be stepped again");
    }
    assert_eq!(ledger.outbounds(case_id(1)).await.unwrap(), []);
    assert_eq!(ledger.case(case_id(2)).await.unwrap(), None);
}

async fn a_lost_lease_writes_nothing(ledger: &dyn Ledger) {
    applied(ledger, opening(1).with_job(0, Queue::Read, at(0))).await;
    let held = lease(ledger, Queue::Read).await;
    let taken_over = ledger.claim_jobs(Queue::Read, at(1001), at(2000), 1).await.unwrap()[0].fence;
    let result = ledger.commit(&changing(1, 1).done(held)).await;
    assert!(matches!(result, Err(CommitError::Ledger(LedgerError::LostLease))));
    applied(ledger, changing(1, 1).done(taken_over)).await;
    assert_eq!(ledger.job(held.key).await.unwrap(), None, "a finished job is deleted");
}

async fn a_second_open_case_writes_nothing(ledger: &dyn Ledger) {
    applied(ledger, opening(1)).await;
    let mut second = opening(2);
    second.case.sender = sender(1);
    assert!(matches!(ledger.commit(&second).await, Err(CommitError::AlreadyOpen)));
    assert_eq!(ledger.case(case_id(2)).await.unwrap(), None);
    let mut closing = changing(1, 1);
    closing.open = OpenChange::Close;
    applied(ledger, closing).await;
    applied(ledger, second).await;
}

async fn a_refused_effect_takes_all_with_it(ledger: &dyn Ledger) {
    applied(ledger, opening(1).with_event(1, &[])).await;
    let same_seq = changing(1, 1).with_event(1, &[]);
    assert!(matches!(ledger.commit(&same_seq).await, Err(CommitError::Ledger(LedgerError::Refused(_)))));
    assert_eq!(ledger.case(case_id(1)).await.unwrap().unwrap().version, CaseVersion(1));
    assert!(!ledger.input_consumed(same_seq.input).await.unwrap());
}

async fn an_ill_formed_commit_is_refused(ledger: &dyn Ledger) {
    let mut wrong_version = opening(1);
    wrong_version.case.version = CaseVersion(2);
    let mut other_entry = opening(1);
    other_entry.entry.case = case_id(2);
    let mut other_job = opening(1).with_job(0, Queue::Read, at(0));
    other_job.jobs[0].key.owner = [2; 16];
    let mut job_twice = opening(1).with_job(0, Queue::Read, at(0));
    job_twice.jobs.push(job_twice.jobs[0].clone());
    let mut undelivered = opening(1).with_event(1, &["bank"]);
    undelivered.events.clear();
    for commit in [wrong_version, other_entry, other_job, job_twice, undelivered] {
        let result = ledger.commit(&commit).await;
        assert!(matches!(result, Err(CommitError::Ledger(LedgerError::Inconsistent { .. }))), "{result:?}");
    }
    assert_eq!(ledger.counts(at(0)).await.unwrap().cases, 0);
}

async fn guards_answer_in_their_order(ledger: &dyn Ledger) {
    applied(ledger, opening(1)).await;
    let lost = Fence { key: JobKey { owner: [1; 16], version: 1, ordinal: 0 }, fence: 1 };
    let mut commit = opening(2).done(lost);
    commit.case.sender = sender(1);
    assert!(matches!(ledger.commit(&commit).await, Err(CommitError::Ledger(LedgerError::LostLease))));
    let mut stale = changing(1, 7).done(lost);
    assert!(matches!(ledger.commit(&stale).await, Err(CommitError::Stale)));
    stale.input = opening(1).input;
    assert_eq!(ledger.commit(&stale).await.unwrap(), Committed::AlreadyApplied);
}

async fn many_commits_land_together(ledger: &dyn Ledger) {
    // More than one batch, in no order, with effects of several sizes.
    let commits: Vec<_> = (1..=45)
        .rev()
        .map(|n| {
            let commit = opening(n).with_event(1, &["a", "b"]).with_alias(hash(n), sender(n));
            (0..u32::from(n % 4)).fold(commit, |commit, k| commit.with_job(k, Queue::Read, at(0)).with_outbound(k))
        })
        .collect();
    for result in ledger.commit_many(&commits).await {
        assert_eq!(result.unwrap(), Committed::Applied);
    }
    for commit in &commits {
        assert_eq!(ledger.case(commit.case.id).await.unwrap().as_ref(), Some(&commit.case));
        assert_eq!(ledger.outbounds(commit.case.id).await.unwrap(), commit.outbounds);
        for job in &commit.jobs {
            assert_eq!(ledger.job(job.key).await.unwrap().as_ref(), Some(job));
        }
    }
    assert_eq!(ledger.claim_deliveries(at(9000), at(9100), 500).await.unwrap().len(), 90);
    let changes: Vec<_> = (1..=45).map(|n| changing(n, 1)).collect();
    assert!(ledger.commit_many(&changes).await.into_iter().all(|result| matches!(result, Ok(Committed::Applied))));
}

async fn one_bad_commit_spoils_no_other(ledger: &dyn Ledger) {
    applied(ledger, opening(1)).await;
    let mut second_open = opening(4);
    second_open.case.sender = sender(1);
    let mut ill_formed = opening(5);
    ill_formed.case.version = CaseVersion(9);
    let results = ledger
        .commit_many(&[opening(2), changing(1, 8), opening(1), second_open, ill_formed, changing(1, 1), opening(3)])
        .await;
    let said: Vec<_> = results.iter().map(|result| format!("{result:?}")).collect();
    assert_eq!(said[0], "Ok(Applied)");
    assert_eq!(said[1], "Err(Stale)");
    assert_eq!(said[2], "Ok(AlreadyApplied)");
    assert_eq!(said[3], "Err(AlreadyOpen)");
    assert!(said[4].contains("Inconsistent"));
    assert_eq!((said[5].as_str(), said[6].as_str()), ("Ok(Applied)", "Ok(Applied)"));
}

async fn commits_of_one_call_see_each_other(ledger: &dyn Ledger) {
    applied(ledger, opening(1)).await;
    let mut closing = changing(1, 1);
    closing.open = OpenChange::Close;
    let mut reopening = opening(2);
    reopening.case.sender = sender(1);
    let results = ledger.commit_many(&[closing, reopening]).await;
    assert!(results.into_iter().all(|result| matches!(result, Ok(Committed::Applied))));
    let (first, second) = (changing(2, 1).with_alias(hash(1), sender(2)), opening(3).with_alias(hash(1), sender(3)));
    let results = ledger.commit_many(&[second, first]).await;
    assert!(results.into_iter().all(|result| matches!(result, Ok(Committed::Applied))));
    assert_eq!(ledger.senders(&[hash(1)]).await.unwrap()[0].alias.sender, sender(2), "the last in the call wins");
}

async fn the_key_is_kept_until_it_is_shredded(ledger: &dyn Ledger) {
    applied(ledger, opening(1)).await;
    let mut change = changing(1, 1);
    change.case.key = Some(vec![99]);
    applied(ledger, change).await;
    assert_eq!(ledger.case(case_id(1)).await.unwrap().unwrap().key, Some(vec![1, 2]), "a change never sets the key");
    let mut shred = changing(1, 2);
    shred.shred = true;
    applied(ledger, shred).await;
    applied(ledger, changing(1, 3)).await;
    assert_eq!(ledger.case(case_id(1)).await.unwrap().unwrap().key, None, "what is destroyed stays destroyed");
}

async fn a_stray_is_consumed_once_and_linked(ledger: &dyn Ledger) {
    let number = PhoneNumberId::parse("106540352242922").unwrap();
    let stray = StrayRow {
        input: input(5),
        at: at(1),
        body: r#"{"reason":"stop_of_a_stranger"}"#.into(),
        stop: StopChange::Set { hashes: vec![hash(1)], at: at(1) },
        window: Some(WindowRow { phone_number: number.clone(), sender: sender(1), newest_inbound_at: at(1) }),
    };
    assert_eq!(ledger.record_stray(&stray).await.unwrap(), Committed::Applied);
    assert_eq!(ledger.record_stray(&stray).await.unwrap(), Committed::AlreadyApplied);
    let chain = ledger.chain(ChainName::Stray, 0, 10).await.unwrap();
    assert_eq!((chain.len(), chain[0].body.as_str()), (1, stray.body.as_str()));
    assert_eq!(ledger.stopped_at(&[hash(1)]).await.unwrap(), Some(at(1)));
    assert_eq!(ledger.window(&number, sender(1)).await.unwrap(), Some(at(1)));
    let mut commit = opening(1);
    commit.input = stray.input;
    assert_eq!(ledger.commit(&commit).await.unwrap(), Committed::AlreadyApplied, "no case consumes it again");
}

async fn links_follow_each_other(ledger: &dyn Ledger) {
    for (n, body) in ["a", "b", "c"].into_iter().enumerate() {
        let case = (n != 1).then(|| case_id(1));
        assert_eq!(ledger.append(ChainName::Access, at(n as i64), case, body).await.unwrap(), n as u64 + 1);
    }
    assert_eq!(ledger.append(ChainName::Operations, at(9), None, "retry").await.unwrap(), 1, "chains are apart");
    verify(ledger, ChainName::Access, 3).await;
    verify(ledger, ChainName::Operations, 1).await;
    assert_eq!(ledger.chain(ChainName::Access, 1, 1).await.unwrap()[0].body, "b");
    let accesses = ledger.accesses(case_id(1)).await.unwrap();
    assert_eq!(accesses.iter().map(|link| link.body.as_str()).collect::<Vec<_>>(), ["a", "c"]);
}

async fn verify(ledger: &dyn Ledger, name: ChainName, length: u64) {
    let links = ledger.chain(name, 0, 1000).await.unwrap();
    let mut previous = portico_audit::genesis(name.as_str());
    for (link, seq) in links.iter().zip(1..) {
        assert_eq!((link.seq, link.previous), (seq, previous));
        previous = link.digest_after(name, &previous);
        assert_eq!(link.digest, previous);
    }
    assert_eq!(links.len() as u64, length);
}

async fn links_added_at_once_are_dense(ledger: &dyn Ledger) {
    let added = (0..20).map(|n| ledger.append(ChainName::Access, at(n), None, "read"));
    let mut places: Vec<_> = futures::future::join_all(added).await.into_iter().map(Result::unwrap).collect();
    places.sort_unstable();
    assert_eq!(places, (1..=20).collect::<Vec<_>>());
    verify(ledger, ChainName::Access, 20).await;
}

async fn racing_commits_have_one_winner(ledger: &dyn Ledger) {
    let openings: Vec<_> = (1..=8)
        .map(|n| {
            let mut commit = opening(n);
            commit.case.sender = sender(100);
            commit
        })
        .collect();
    let results = futures::future::join_all(openings.iter().map(|commit| ledger.commit(commit))).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "one open case a sender");
    assert_eq!(results.iter().filter(|result| matches!(result, Err(CommitError::AlreadyOpen))).count(), 7);

    applied(ledger, opening(50).with_job(0, Queue::Read, at(0))).await;
    let held = lease(ledger, Queue::Read).await;
    let changes: Vec<_> = (0..8)
        .map(|n| {
            let mut commit = changing(50, 1).with_event(1, &["bank"]).done(held);
            commit.input = input(600 + n % 4);
            commit
        })
        .collect();
    let results = futures::future::join_all(changes.iter().map(|commit| ledger.commit(commit))).await;
    assert_eq!(results.iter().filter(|result| matches!(result, Ok(Committed::Applied))).count(), 1);
    assert_eq!(ledger.entries(case_id(50), 0, 10).await.unwrap().len(), 2);
}

async fn a_policy_is_kept_as_first_written(ledger: &dyn Ledger) {
    let digest = Sha256::of(b"policy");
    assert_eq!(ledger.policy(digest).await.unwrap(), None);
    ledger.put_policy(digest, "first").await.unwrap();
    ledger.put_policy(digest, "second").await.unwrap();
    assert_eq!(ledger.policy(digest).await.unwrap(), Some("first".into()));
}

async fn objects_are_known_from_the_commit_until_they_are_forgotten(ledger: &dyn Ledger) {
    let keys: Vec<String> = (0..40).map(|n| object(case_id(1), n).key).collect();
    assert_eq!(ledger.unknown_objects(&keys).await.unwrap(), keys);
    assert_eq!(ledger.unknown_objects(&[]).await.unwrap(), Vec::<String>::new());
    let mut commit = opening(1);
    commit.objects = (0..38).map(|n| object(case_id(1), n)).collect();
    applied(ledger, commit).await;
    assert_eq!(ledger.unknown_objects(&keys).await.unwrap(), keys[38..]);
    assert_eq!(
        (ledger.objects(case_id(1)).await.unwrap(), ledger.objects(case_id(2)).await.unwrap().len()),
        (keys[..38].to_vec(), 0)
    );
    let mut twice = opening(2);
    twice.objects.push(object(case_id(2), 7));
    assert!(matches!(ledger.commit(&twice).await, Err(CommitError::Ledger(LedgerError::Refused(_)))));
    assert_eq!(ledger.case(case_id(2)).await.unwrap(), None, "all or nothing");
    twice.objects[0].case = case_id(1);
    assert!(matches!(ledger.commit(&twice).await, Err(CommitError::Ledger(LedgerError::Inconsistent { .. }))));
    ledger.forget_objects(&keys[3..]).await.unwrap();
    ledger.forget_objects(&keys[3..4]).await.unwrap();
    assert_eq!(ledger.objects(case_id(1)).await.unwrap(), keys[..3]);
}
