//! Layer 3, ec2: a monitor and its driver against the embedded endpoint, without a terminal,
//! as a command `watch` would use them.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use bundletop::ec2::Settings;
use bundletop::endpoint::{Clock, Endpoint, Faults, World};
use bundletop::monitor::driver::{Clocks, Driver};
use bundletop::monitor::poll::PollSchedule;
use bundletop::monitor::{
    Call, CancelChange, Change, Command, Effect, Event, Monitor, RequestId, ScopeId, Transition,
    Verdict,
};
use bundletop::task::{BundleId, Phase};

/// How long a condition may take before the test gives up. It is long enough for slow machines.
const TIMEOUT: Duration = Duration::from_secs(60);

const ID: &str = "bun-2a4e041c";

/// The loop of a program without a screen.
struct Watcher {
    endpoint: Endpoint,
    monitor: Monitor,
    driver: Driver,
    clocks: Clocks,
    scope: ScopeId,
    transitions: Vec<Transition>,
}

impl Watcher {
    async fn start() -> Self {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let clock = Clock::real(1.0);
        let endpoint = Endpoint::start(World::built_in(), clock, Faults::none(), any_port)
            .await
            .expect("the endpoint starts");
        let mut monitor = Monitor::new();
        let scope = monitor.open(PollSchedule::new(Some(Duration::from_millis(500)), 0));
        let mut driver = Driver::new();
        let mut settings = Settings::demo(endpoint.url());
        settings.timeouts.read = Duration::from_secs(1);
        driver.add(scope, settings);
        Self {
            endpoint,
            monitor,
            driver,
            clocks: Clocks::start(Box::new(jiff::Timestamp::now)),
            scope,
            transitions: Vec::new(),
        }
    }

    fn update(&mut self, event: Event) {
        let update = self.monitor.update(event, self.clocks.now());
        for effect in update.effects {
            self.driver.perform(effect);
        }
        self.transitions.extend(update.transitions);
    }

    fn command(&mut self, command: Command) {
        self.update(Event::Command(self.scope, command));
    }

    /// Processes events until `wanted` is true.
    async fn until(&mut self, what: &str, wanted: impl Fn(&Self) -> bool) {
        let waiting = async {
            while !wanted(self) {
                let tick = self.monitor.next_tick(self.clocks.now());
                let tick = tick.map(|at| self.clocks.instant(at));
                let event = tokio::select! {
                    event = self.driver.next() => event,
                    () = async {
                        match tick {
                            Some(at) => tokio::time::sleep_until(at.into()).await,
                            None => std::future::pending().await,
                        }
                    } => Event::Tick,
                };
                self.update(event);
            }
        };
        let done = tokio::time::timeout(TIMEOUT, waiting).await;
        assert!(done.is_ok(), "never {what}: {:?}", self.transitions);
    }

    fn phase(&self) -> Option<Phase> {
        let task = self.monitor.scope(self.scope).tasks().by_id(&id());
        task.map(|task| task.task.state.phase())
    }

    fn has(&self, is_wanted: impl Fn(&Change) -> bool) -> bool {
        let mut changes = self.changes().into_iter();
        changes.any(is_wanted)
    }

    /// What has changed about the task, except its progress.
    fn changes(&self) -> Vec<&Change> {
        let of_task = self.transitions.iter().filter(|it| it.bundle_id == id());
        let changes = of_task.map(|transition| &transition.change);
        changes
            .filter(|change| !matches!(change, Change::Progress { .. }))
            .collect()
    }
}

fn id() -> BundleId {
    BundleId::new(ID)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_to_its_end_without_a_terminal() {
    let mut watcher = Watcher::start().await;
    watcher
        .until("listed", |watcher| watcher.phase() == Some(Phase::Storing))
        .await;
    assert_eq!(watcher.changes(), Vec::<&Change>::new(), "the first list");
    watcher.command(Command::Cancel(vec![id()]));
    watcher
        .until("cancelling", |watcher| {
            watcher.phase() == Some(Phase::Cancelling)
        })
        .await;
    watcher.endpoint.clock().advance(Duration::from_secs(60));
    watcher
        .until("no longer listed", |watcher| {
            watcher.has(|change| matches!(change, Change::NoLongerListed))
        })
        .await;
    let changes = watcher.changes();
    let [
        Change::Cancel(requested, CancelChange::Requested { .. }),
        Change::Cancel(_, CancelChange::Sent),
        Change::Cancel(accepted, CancelChange::Accepted { request_id }),
        Change::State { from, to, .. },
        Change::Cancel(seen, CancelChange::Cancelling { .. }),
        Change::NoLongerListed,
        Change::Cancel(concluded, CancelChange::Verdict { verdict, .. }),
    ] = changes.as_slice()
    else {
        panic!("{changes:?}");
    };
    assert!(
        [accepted, seen, concluded]
            .iter()
            .all(|it| *it == requested)
    );
    assert!(request_id.is_some());
    assert_eq!(*verdict, Verdict::NoLongerListed);
    assert_eq!((from.as_str(), to.as_str()), ("storing", "cancelling"));
    assert_eq!(watcher.monitor.exit_message(), None);
    let cancels = watcher.endpoint.requests();
    let cancels = cancels.iter().filter(|it| it.action == "CancelBundleTask");
    assert_eq!(cancels.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_looked_up_without_a_terminal() {
    let mut watcher = Watcher::start().await;
    watcher
        .until("listed", |watcher| watcher.phase() == Some(Phase::Storing))
        .await;
    let drop = "CancelBundleTask:drop".parse().expect("a fault");
    watcher.endpoint.faults().set(drop);
    watcher.command(Command::Cancel(vec![id()]));
    watcher
        .until("looked up", |watcher| {
            watcher.has(|change| matches!(change, Change::Cancel(_, CancelChange::LookedUp(_))))
        })
        .await;
    assert!(watcher.has(|change| matches!(change, Change::Cancel(_, CancelChange::AnswerLost(_)))));
    assert_eq!(watcher.phase(), Some(Phase::Cancelling));
}

/// A late answer of an earlier connection must not lead a cancel there, even with the same key.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_goes_out_on_the_connection_that_it_was_asked_for() {
    let mut watcher = Watcher::start().await;
    let other = Watcher::start().await;
    let (first, second) = (&watcher.endpoint, &other.endpoint);
    let scope = watcher.scope;
    let request = |connection, number| RequestId {
        scope,
        connection,
        number,
    };
    let driver = &mut watcher.driver;
    let ask = |driver: &Driver, request, call| driver.perform(Effect { request, call });
    ask(driver, request(1, 1), Call::Connect);
    driver.next().await;
    first.faults().set("latency=1s".parse().expect("a fault"));
    ask(driver, request(1, 2), Call::DryRun(id()));
    driver.add(scope, Settings::demo(second.url()));
    ask(driver, request(2, 3), Call::Connect);
    driver.next().await;
    ask(driver, request(2, 4), Call::DescribeOne(id()));
    let Event::Answered { signed_by: key, .. } = driver.next().await else {
        panic!("not an answer");
    };
    // The late one.
    let Event::Answered { request: late, .. } = driver.next().await else {
        panic!("not an answer");
    };
    assert_eq!(late, request(1, 2));
    let bundle_id = id();
    ask(driver, request(2, 5), Call::Cancel { bundle_id, key });
    driver.next().await;
    let cancels = |endpoint: &Endpoint| {
        let requests = endpoint.requests();
        let cancels = requests.iter().filter(|it| it.action == "CancelBundleTask");
        cancels.count()
    };
    assert_eq!(
        (cancels(first), cancels(second)),
        (1, 1),
        "the dry run, the cancel"
    );
}
