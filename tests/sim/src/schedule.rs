//! The scheduler: whose turn it is, who dies, how time passes. One poll of one task at a time, chosen by the seed.
//!
//! A schedule has a rough part, in which things go wrong, and a calm one, in which everything comes to rest. *Invariant:*
//! the same seed makes the same choices, whichever ledger is behind; a schedule that does not come to rest is a finding.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

use anyhow::Result;
use portico_ledger::Queue;
use portico_vocab::Timestamp;

use crate::fault::Fault;
use crate::process::{Process, Shared};
use crate::script::Happening;
use crate::world::{PROCESSES, Place, World};
use crate::{applicant, desk, intake, meta};

/// Polls in the rough part, at most.
const ROUGH_TURNS: u64 = 6_000;
/// Polls in all, at most: more is a schedule that does not come to rest.
const TURNS: u64 = 60_000;
/// Jobs at once in a process.
const SLOTS: usize = 3;
/// A timer that is further ahead than this may stay.
const FAR_DAYS: i64 = 2;

/// How far a schedule is followed.
#[derive(Debug, Clone, Copy)]
pub enum Rest {
    /// Until nothing is near any more.
    Near,
    /// Until then, whatever fires on the way.
    At(Timestamp),
}

type Work = Pin<Box<dyn Future<Output = bool> + Send>>;

struct Task {
    id: usize,
    process: usize,
    /// What it came of, to come again if it is not answered.
    of: Option<Happening>,
    queue: Option<Queue>,
    is_relay: bool,
    place: Place,
    paused_until: Option<Timestamp>,
    work: Work,
}

pub struct Schedule {
    pub world: Arc<World>,
    pub shared: Shared,
    processes: Vec<Process>,
    tasks: Vec<Task>,
    ahead: BTreeMap<(Timestamp, u64), Happening>,
    happenings: u64,
    next_task: usize,
    turns: u64,
    /// When a delivery is next due, as of the last look.
    delivery_due: Option<Timestamp>,
}

/// What may be done next.
#[derive(Clone, Copy)]
enum Choice {
    Poll(usize),
    Happens,
    Job(usize, Queue),
    Relay(usize),
}

impl Schedule {
    /// # Errors
    /// When its parts cannot be made.
    pub fn new(world: Arc<World>) -> Result<Self> {
        let shared = Shared::new(Arc::clone(&world));
        let processes = (0..PROCESSES).map(|number| shared.process(number)).collect::<Result<_>>()?;
        let put = shared.judge()?;
        let policy = put.policy();
        world.engine.run(world.engine.ledger.put_policy(policy.pin().hash, &policy.to_json()))?;
        Ok(Self {
            world,
            shared,
            processes,
            tasks: Vec::new(),
            ahead: BTreeMap::new(),
            happenings: 0,
            next_task: 1,
            turns: 0,
            delivery_due: None,
        })
    }

    /// The rough part: until nothing is near any more, or it has been long enough.
    ///
    /// # Errors
    /// When a process cannot begin anew.
    pub fn run_rough(&mut self) -> Result<()> {
        while self.turns < ROUGH_TURNS && self.turn(Rest::Near)? {}
        Ok(())
    }

    /// The calm part: whoever was paused goes on, clocks are right, nothing fails, until only
    /// timers beyond `rest` are left.
    ///
    /// # Errors
    /// When a process cannot begin anew.
    pub fn come_to_rest(&mut self, rest: Rest) -> Result<()> {
        self.world.calm_down();
        for process in 0..PROCESSES {
            self.world.set_skew_ms(process, 0);
        }
        for task in &mut self.tasks {
            task.paused_until = None;
        }
        let end = self.turns + TURNS;
        while self.turn(rest)? {
            if self.turns > end {
                self.world.book.lock().finds("it does not come to rest".to_owned());
                break;
            }
        }
        Ok(())
    }

    pub fn happens(&mut self, at: Timestamp, happening: Happening) {
        self.happenings += 1;
        self.ahead.insert((at, self.happenings), happening);
    }

    /// One poll, one happening, or one step of time; `false` when nothing is left within `rest`.
    fn turn(&mut self, rest: Rest) -> Result<bool> {
        self.turns += 1;
        let new = std::mem::take(&mut *self.world.ahead.lock());
        new.into_iter().for_each(|(at, happening)| self.happens(at, happening));
        let chance = &self.world.chance;
        self.world.pass(Timestamp::from_micros(self.world.now().as_micros() + chance.between(1, 12_000)));
        if !self.world.is_calm() {
            self.mishaps()?;
        }
        let choices = self.choices();
        if choices.is_empty() {
            return Ok(self.step_in_time(rest));
        }
        match choices[self.world.chance.index(choices.len())] {
            Choice::Poll(index) => self.poll(index),
            Choice::Happens => self.begin_happening(),
            Choice::Job(process, queue) => {
                let workers = self.processes[process].workers.clone();
                let work = Box::pin(async move {
                    let _ = workers.run_one(queue).await;
                    true
                });
                self.begin(process, None, Some(queue), false, work);
            }
            Choice::Relay(process) => {
                let relay = Arc::clone(&self.processes[process].relay);
                let work = Box::pin(async move {
                    let _ = relay.run_once().await;
                    true
                });
                self.begin(process, None, None, true, work);
            }
        }
        Ok(true)
    }

    fn choices(&mut self) -> Vec<Choice> {
        let now = self.world.now();
        let runs = |task: &Task| task.paused_until.is_none_or(|until| until <= now);
        let mut choices: Vec<Choice> =
            (0..self.tasks.len()).filter(|index| runs(&self.tasks[*index])).map(Choice::Poll).collect();
        if self.ahead.first_key_value().is_some_and(|((at, _), _)| *at <= now) {
            choices.push(Choice::Happens);
        }
        let agenda = self.world.book.lock().agenda();
        let deliveries = self.delivery_due();
        let unsequenced = self.world.book.lock().unsequenced;
        for process in 0..PROCESSES {
            let here = || self.tasks.iter().filter(|task| task.process == process);
            let now = self.world.now_of(process);
            if here().filter(|task| task.queue.is_some()).count() < SLOTS {
                let due = agenda.values().filter(|(queue, due)| *due <= now && !self.is_being_claimed(*queue));
                choices.extend(due.map(|(queue, _)| Choice::Job(process, *queue)));
            }
            let wanted = unsequenced || deliveries.is_some_and(|due| due <= now);
            if wanted && !here().any(|task| task.is_relay) {
                choices.push(Choice::Relay(process));
            }
        }
        choices
    }

    /// Somebody is about to claim of this queue: two at once would mostly find nothing.
    fn is_being_claimed(&self, queue: Queue) -> bool {
        let claims = |task: &&Task| {
            task.queue == Some(queue)
                && task.paused_until.is_none()
                && matches!(task.place, Place::Begin | Place::Before("claim_jobs"))
        };
        self.tasks.iter().any(|task| claims(&task))
    }

    fn delivery_due(&mut self) -> Option<Timestamp> {
        if std::mem::take(&mut self.world.book.lock().deliveries_moved) {
            let states = self.world.engine.run(self.world.engine.ledger.subscribers()).unwrap_or_default();
            let wanted = states.into_iter().filter(|state| state.disabled_since.is_none());
            self.delivery_due = wanted.filter_map(|state| state.next_try).min();
        }
        self.delivery_due
    }

    /// Nobody can do anything now: time goes on to the next thing there is.
    fn step_in_time(&mut self, rest: Rest) -> bool {
        let now = self.world.now();
        let near = match rest {
            Rest::Near => now.plus_days(FAR_DAYS),
            Rest::At(end) => end,
        };
        let ahead = self.ahead.first_key_value().map(|((at, _), _)| *at);
        let paused = self.tasks.iter().filter_map(|task| task.paused_until).min();
        let most = (0..PROCESSES).map(|process| self.world.skew_ms(process)).max().unwrap_or_default();
        let agenda = self.world.book.lock().agenda();
        let job = agenda.values().map(|(_, due)| due.plus_millis(-most)).min().filter(|due| *due < near);
        let delivery = self.delivery_due.map(|due| due.plus_millis(-most));
        let next = [ahead, paused, job, delivery].into_iter().flatten().min();
        let Some(next) = next else { return false };
        self.world.pass(next.max(now.plus_millis(1)));
        true
    }

    fn begin(&mut self, process: usize, of: Option<Happening>, queue: Option<Queue>, is_relay: bool, work: Work) {
        let id = self.next_task;
        self.next_task += 1;
        let (place, paused_until) = (Place::Begin, None);
        self.tasks.push(Task { id, process, of, queue, is_relay, place, paused_until, work });
    }

    fn poll(&mut self, index: usize) {
        let world = &self.world;
        let task = &mut self.tasks[index];
        task.paused_until = None;
        world.task.store(task.id, Ordering::Relaxed);
        world.stands(Place::Begin);
        let done = match task.work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answered) => Some(answered),
            Poll::Pending => None,
        };
        task.place = world.place();
        if let Some(answered) = done {
            let task = self.tasks.swap_remove(index);
            self.world.book.lock().gone(task.id);
            if let Some(happening) = task.of.filter(|_| !answered) {
                self.again(happening);
            }
        }
    }

    /// Who was not answered comes again, later and later.
    fn again(&mut self, happening: Happening) {
        let (tries, again) = match happening {
            Happening::Post(bodies, tries) => (tries, Happening::Post(bodies, tries + 1)),
            Happening::Click(case, input, tries) => (tries, Happening::Click(case, input, tries + 1)),
            Happening::Call(call, tries) => (tries, Happening::Call(call, tries + 1)),
            _ => return,
        };
        let fault = if matches!(again, Happening::Post(..)) { Fault::WebhookRefused } else { Fault::AskedAgain };
        self.world.fired(fault);
        let at = self.world.now().plus_millis(meta::comes_again_ms(tries));
        self.happens(at, again);
    }

    fn begin_happening(&mut self) {
        let Some((_, happening)) = self.ahead.pop_first() else { return };
        let world = Arc::clone(&self.world);
        let number = world.chance.index(PROCESSES);
        let cell = self.processes[number].cell.clone();
        let work: Work = match happening.clone() {
            Happening::Says(who, says) => return applicant::says(&world, who, &says),
            Happening::Post(bodies, tries) => return self.post(number, bodies, tries),
            Happening::Review => Box::pin(desk::review(world, cell)),
            Happening::Click(case, input, _) => Box::pin(desk::click(world, cell, case, input)),
            Happening::Call(call, _) => Box::pin(desk::call(world, cell, call)),
            Happening::House => {
                let workers = self.processes[number].workers.clone();
                Box::pin(async move {
                    workers.keep_house().await;
                    true
                })
            }
        };
        self.begin(number, Some(happening), None, false, work);
    }

    /// What waits at the same moment may share a segment, as with the ingress's one writer.
    fn post(&mut self, number: usize, mut bodies: Vec<Arc<crate::wire::Body>>, tries: u32) {
        let soon = self.world.now().plus_millis(300);
        while bodies.len() < 4 && self.world.chance.permille(300) {
            let next = self.ahead.first_key_value().filter(|((at, _), next)| {
                *at <= soon && matches!(next, Happening::Post(more, 0) if !bodies.contains(&more[0]))
            });
            let Some(key) = next.map(|(key, _)| *key) else { break };
            if let Some(Happening::Post(more, _)) = self.ahead.remove(&key) {
                bodies.extend(more);
                self.world.fired(Fault::WebhooksShared);
            }
        }
        let process = &self.processes[number];
        let (cell, today) = (process.cell.clone(), Arc::clone(&process.today));
        let work = Box::pin(intake::post(Arc::clone(&self.world), cell, today, bodies.clone()));
        self.begin(number, Some(Happening::Post(bodies, tries)), None, false, work);
    }

    fn set_clock(&self, process: usize, skew_ms: i64) {
        let before = self.world.skew_ms(process);
        self.world.set_skew_ms(process, skew_ms);
        self.world.note(|| format!("the clock of process {process} is {skew_ms} ms ahead"));
        if skew_ms < before {
            self.world.fired(Fault::ClockSetBack);
        }
        match skew_ms {
            1.. => self.world.fired(Fault::ClockAhead),
            ..0 => self.world.fired(Fault::ClockBehind),
            0 => {}
        }
    }

    /// What goes wrong with processes.
    fn mishaps(&mut self) -> Result<()> {
        let world = Arc::clone(&self.world);
        if world.goes_wrong(world.mood.crash) {
            self.crash(world.chance.index(PROCESSES))?;
        }
        if world.goes_wrong(world.mood.pause) && !self.tasks.is_empty() {
            let index = world.chance.index(self.tasks.len());
            let task = &mut self.tasks[index];
            if task.queue.is_some() && task.paused_until.is_none() {
                task.paused_until = Some(world.now().plus_millis(world.chance.between(1_000, 200_000)));
                world.note(|| format!("#{} is paused at {:?}", task.id, task.place));
                if task.paused_until > Some(world.now().plus_seconds(60)) {
                    world.fired(Fault::Paused);
                }
            }
        }
        if world.goes_wrong(world.mood.clock) {
            let process = world.chance.index(PROCESSES);
            self.set_clock(process, world.chance.between(-5_000, 5_000));
        }
        Ok(())
    }

    /// Everything that a process was at is lost, wherever it stood.
    fn crash(&mut self, process: usize) -> Result<()> {
        self.world.note(|| format!("process {process} dies"));
        let (dead, alive) = std::mem::take(&mut self.tasks).into_iter().partition(|task| task.process == process);
        self.tasks = alive;
        let dead: Vec<Task> = dead;
        for task in dead {
            self.world.note(|| format!("#{} dies at {:?}", task.id, task.place));
            match task.place {
                Place::Before(_) => self.world.fired(Fault::CrashBeforeWrite),
                Place::After(_) => self.world.fired(Fault::CrashAfterWrite),
                Place::Outside(_) => self.world.fired(Fault::CrashElsewhere),
                Place::Begin | Place::Read(_) => {}
            }
            if self.world.book.lock().gone(task.id) > 0 {
                self.world.fired(Fault::CrashWithJobs);
            }
            if let Some(happening) = task.of {
                self.again(happening);
            }
        }
        self.processes[process].begin_anew()
    }

    /// How many tasks are still at something.
    #[must_use]
    pub fn at_work(&self) -> usize {
        self.tasks.len()
    }
}
