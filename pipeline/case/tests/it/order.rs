//! The order property: whatever order Meta delivers one day's messages in, the case ends in the same stage.
//!
//! A day is what the applicant did and when. A schedule says when each of it is delivered, late and twice, and when jobs
//! run. The stage a day must end in is computed from the day alone.

use portico_whatsapp::inbound::Inbound;
use portico_whatsapp::texts::TextKey;
use proptest::prelude::*;

use crate::chat::{Chat, START};

/// Seconds after the start of the day.
type Second = i64;

#[derive(Debug, Clone)]
struct Day {
    hello: Option<Second>,
    photos: Vec<Second>,
    stop: Option<Second>,
}

/// When each message is delivered, in seconds after it was sent: first and once more; and how many jobs run after each.
#[derive(Debug, Clone)]
struct Schedule {
    delays: Vec<(Second, Second)>,
    opener_in_time: usize,
    tap_delays: (Second, Second),
    jobs: Vec<usize>,
}

const ACCEPT: Second = 1000;
const CHOOSE: Second = 2000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Hello,
    Photo(usize),
    Stop,
    Accept,
    Choose,
}

impl Day {
    /// What is sent freely, in the order in which the schedule's delays are given.
    fn free(&self) -> Vec<(Act, Second)> {
        let hello = self.hello.map(|at| (Act::Hello, at));
        let photos = self.photos.iter().enumerate().map(|(number, at)| (Act::Photo(number), *at));
        hello.into_iter().chain(photos).chain(self.stop.map(|at| (Act::Stop, at))).collect()
    }

    /// What may open the case before the applicant agrees.
    fn openers(&self) -> Vec<usize> {
        let early = |(act, at): &(Act, Second)| *act != Act::Stop && *at <= 100;
        let free = self.free();
        (0..free.len()).filter(|index| early(&free[*index])).collect()
    }

    /// Withdrawn when STOP is not older than everything else; else a passport and a selfie make it complete.
    fn ends_in(&self) -> &'static str {
        let first = self.hello.iter().chain(&self.photos).min().copied().unwrap_or(ACCEPT);
        match self.stop {
            Some(stop) if stop >= first => "withdrawn",
            _ if self.photos.len() >= 2 => "in_review",
            _ => "collecting",
        }
    }

    fn deliveries(&self, schedule: &Schedule) -> Vec<(Second, Act, Second)> {
        let openers = self.openers();
        let opener = openers[schedule.opener_in_time % openers.len()];
        let mut deliveries = Vec::new();
        for (index, (act, at)) in self.free().into_iter().enumerate() {
            let (delay, again) = schedule.delays[index];
            // One opener is not late, or there would be no notice to tap on.
            let delay = if index == opener { delay % 500 } else { delay };
            deliveries.extend([(at + delay, act, at), (at + delay + again, act, at)]);
        }
        let (accept, choose) = schedule.tap_delays;
        for (act, at, delay) in [(Act::Accept, ACCEPT, accept), (Act::Choose, CHOOSE, choose)] {
            deliveries.extend([(at + delay, act, at), (at + delay + 3000, act, at)]);
        }
        deliveries.sort_by_key(|(delivered, ..)| *delivered);
        deliveries
    }

    fn run(&self, schedule: &Schedule) -> Chat {
        let mut chat = Chat::new();
        let mut made: Vec<(Act, Inbound)> = Vec::new();
        for (turn, (delivered, act, sent)) in self.deliveries(schedule).into_iter().enumerate() {
            chat.now = START.plus_seconds(sent);
            let message = match made.iter().find(|(known, _)| *known == act) {
                Some((_, message)) => message.clone(),
                None => message(&mut chat, act),
            };
            made.push((act, message.clone()));
            chat.now = START.plus_seconds(delivered);
            chat.deliver(&message);
            let jobs = schedule.jobs[turn % schedule.jobs.len()];
            for job in 0..jobs {
                if !chat.jobs.is_empty() {
                    chat.run_job((turn + job) % chat.jobs.len());
                }
            }
        }
        chat.run_jobs();
        chat
    }
}

fn message(chat: &mut Chat, act: Act) -> Inbound {
    match act {
        Act::Hello => chat.text("hello"),
        Act::Photo(number) => chat.photo(&format!("photo-{number}")),
        Act::Stop => chat.text("STOP"),
        Act::Accept => tap(chat, TextKey::Notice, "consent:accept"),
        Act::Choose => tap(chat, TextKey::DocumentChoose, "document:passport"),
    }
}

/// On the message of this kind that was the newest when the tap was made.
fn tap(chat: &mut Chat, text: TextKey, reply_id: &str) -> Inbound {
    let now = chat.now;
    let on = chat.history.iter().rev().filter(|(recorded, _)| recorded.now <= now).find_map(|(_, change)| {
        change.effects().iter().find_map(|effect| match effect {
            portico_case::Effect::Tell(told) if told.tell.key == text => Some(told.id),
            _ => None,
        })
    });
    chat.tap_on(on, reply_id)
}

fn days() -> impl Strategy<Value = Day> {
    let hello = prop::option::of(0..100_i64);
    let photos = prop::collection::vec(0..3000_i64, 0..4);
    let stop = prop::option::weighted(0.5, -50..3000_i64);
    (hello, photos, stop)
        .prop_map(|(hello, photos, stop)| Day { hello, photos, stop })
        .prop_filter("somebody opens the case", |day| !day.openers().is_empty())
}

fn schedules() -> impl Strategy<Value = Schedule> {
    let delay = prop_oneof![Just(0), 0..30_i64, 0..5000_i64];
    let delays = prop::collection::vec((delay, 0..5000_i64), 8);
    let tap_delays = (0..50_i64, 0..50_i64);
    let jobs = prop::collection::vec(0..4_usize, 1..6);
    (delays, 0..8_usize, tap_delays, jobs).prop_map(|(delays, opener_in_time, tap_delays, jobs)| Schedule {
        delays,
        opener_in_time,
        tap_delays,
        jobs,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_one_day_ends_in_the_same_stage(day in days(), schedule in schedules()) {
        let chat = day.run(&schedule);
        prop_assert_eq!(chat.stage(), day.ends_in(), "\n{}", chat.log.join("\n"));
        prop_assert!(chat.cases.len() == 1, "one person, one case\n{}", chat.log.join("\n"));
    }

    /// STOP and START alone: the newer one counts, and STOP when they are of the same second.
    #[test]
    fn the_newer_of_stop_and_start_counts_in_any_order(
        times in (0..50_i64, 0..50_i64, 0..50_i64),
        order in Just(vec![0_usize, 1, 2]).prop_shuffle(),
    ) {
        let mut chat = Chat::new();
        let acts = [("hello", times.0), ("STOP", times.1), ("START", times.2)];
        let made: Vec<Inbound> = acts
            .iter()
            .map(|(body, at)| {
                chat.now = START.plus_seconds(*at);
                chat.text(body)
            })
            .collect();
        for (turn, index) in order.iter().enumerate() {
            chat.now = START.plus_seconds(100 + i64::try_from(turn).unwrap());
            chat.deliver(&made[*index]);
        }
        let (hello, stop, start) = times;
        let stopped = stop >= start && stop >= hello.min(start);
        prop_assert_eq!(chat.stage(), if stopped { "withdrawn" } else { "consenting" }, "\n{}", chat.log.join("\n"));
    }

    /// "Yes" and "no" to one notice: "no", whichever was first and whichever comes first.
    #[test]
    fn no_wins_over_yes(times in (100..200_i64, 100..200_i64), yes_first in any::<bool>()) {
        let mut chat = Chat::new();
        chat.says("hello");
        let mut tap = |reply_id, at| {
            chat.now = START.plus_seconds(at);
            chat.tap(reply_id)
        };
        let mut taps = [tap("consent:accept", times.0), tap("consent:decline", times.1)];
        if !yes_first {
            taps.reverse();
        }
        for message in taps {
            chat.now = START.plus_seconds(300);
            chat.deliver(&message);
        }
        prop_assert_eq!(chat.stage(), "withdrawn");
    }
}
