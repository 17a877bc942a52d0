//! The terminal UI's loop: draw, wait for one message, update, perform the effects.
//!
//! Everything that behaves is in [`state`]; everything that looks is in [`view`]. Here is only what
//! touches the world: the clock, the terminal, the network.

pub mod keymap;
pub mod layout;
pub mod poll;

pub mod state;
pub mod terminal;
pub mod theme;
pub mod view;

use std::io;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::ec2::{Client, Settings};
use crate::signal::{self, Signal};
use poll::Poll;
use state::{Effect, Msg, Now, State};
use terminal::{Input, Screen};
use theme::Theme;

/// What the UI is started with.
pub struct Options {
    /// How to reach EC2.
    pub settings: Settings,
    /// Whether this is the demonstration.
    pub demo: bool,
    /// The interval between polls; adaptive if `None`.
    pub interval: Option<Duration>,
    /// How it looks.
    pub theme: Theme,
    /// The calendar's time: this machine's, or a demo's own.
    pub wall: Wall,
}

/// A clock on the wall.
pub type Wall = Box<dyn Fn() -> Timestamp + Send>;

/// How the UI ended.
#[derive(Debug)]
pub struct Exit {
    /// The signal that ended it; `None` if a person quit.
    pub signal: Option<Signal>,
    /// What to say on the shell's screen, if a cancel is still unsettled.
    pub farewell: Option<String>,
}

/// Runs the UI until a person quits, a signal comes or the terminal is gone.
pub async fn run<S: Screen>(
    options: Options,
    screen: &mut S,
    input: UnboundedReceiver<Input>,
    signals: UnboundedReceiver<Signal>,
) -> io::Result<Exit> {
    App::new(options, screen)?.run(input, signals).await
}

struct App<'a, S> {
    screen: &'a mut S,
    theme: Theme,
    state: State,
    settings: Settings,
    wall: Wall,
    ec2: Option<Client>,
    /// Which keys the connection was last seen to sign with.
    keys: u64,
    started: Instant,
    answers: (UnboundedSender<Answer>, UnboundedReceiver<Answer>),
    end: Option<End>,
}

/// Why the loop ends.
#[derive(Clone, Copy)]
enum End {
    Quit,
    By(Signal),
}

/// What a task brings back: a message, or a connection to tell of in one.
enum Answer {
    Msg(Box<Msg>),
    Connected(u64, Client),
}

impl<'a, S: Screen> App<'a, S> {
    fn new(options: Options, screen: &'a mut S) -> io::Result<Self> {
        let now = Now {
            wall: (options.wall)(),
            mono: Duration::ZERO,
        };
        let poll = Poll::new(options.interval, fastrand::u64(..));
        Ok(Self {
            state: State::new(now, screen.size()?, poll, options.demo),
            screen,
            theme: options.theme,
            settings: options.settings,
            wall: options.wall,
            ec2: None,
            keys: 0,
            started: Instant::now(),
            answers: unbounded_channel(),
            end: None,
        })
    }

    async fn run(
        mut self,
        mut input: UnboundedReceiver<Input>,
        mut signals: UnboundedReceiver<Signal>,
    ) -> io::Result<Exit> {
        loop {
            if let Some(end) = self.end {
                return Ok(Exit {
                    signal: match end {
                        End::Quit => None,
                        End::By(signal) => Some(signal),
                    },
                    farewell: self.state.farewell(),
                });
            }
            if self.state.take_dirty() {
                let drawn = self.draw();
                self.hang_up_if_gone(drawn)?;
                continue;
            }
            let tick = self.state.next_tick().map(|at| self.started + at);
            let tick = async {
                match tick {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                input = input.recv() => match input {
                    Some(input) => self.take_input(input),
                    None => self.end = Some(End::By(Signal::HangUp)),
                },
                Some(answer) = self.answers.1.recv() => self.take_answer(answer),
                Some(signal) = signals.recv() => {
                    let taken = self.take_signal(signal);
                    self.hang_up_if_gone(taken)?;
                }
                () = tick => self.update(Instant::now(), Msg::Tick),
            }
            // Everything else that has come goes into the same frame.
            while let Ok(input) = input.try_recv() {
                self.take_input(input);
            }
            while let Ok(answer) = self.answers.1.try_recv() {
                self.take_answer(answer);
            }
        }
    }

    /// A terminal that is gone is no error: its SIGHUP comes a moment later, or never.
    fn hang_up_if_gone(&mut self, result: io::Result<()>) -> io::Result<()> {
        match result {
            Err(error) if signal::is_hang_up(&error) => {
                self.end = Some(End::By(Signal::HangUp));
                Ok(())
            }
            result => result,
        }
    }

    fn draw(&mut self) -> io::Result<()> {
        let mut overflow = 0;
        let (state, theme) = (&self.state, &self.theme);
        self.screen
            .draw(|frame| overflow = view::draw(frame, state, theme))?;
        // Keys read before this moment were typed without seeing the frame.
        self.update(Instant::now(), Msg::Drawn { overflow });
        Ok(())
    }

    fn take_input(&mut self, input: Input) {
        self.update(input.at, Msg::Input(input.events));
    }

    fn take_answer(&mut self, answer: Answer) {
        let msg = match answer {
            Answer::Msg(msg) => *msg,
            Answer::Connected(asked, ec2) => {
                let result = Ok(ec2.session().clone());
                self.ec2 = Some(ec2);
                self.keys = 0;
                Msg::Connected { asked, result }
            }
        };
        let keys = self.ec2.as_ref().map_or(0, Client::key_changes);
        // The first keys are those the identity was asked with on connecting.
        if keys > 1 && keys != self.keys {
            self.update(Instant::now(), Msg::KeysChanged);
        }
        self.keys = keys;
        self.update(Instant::now(), msg);
    }

    fn take_signal(&mut self, signal: Signal) -> io::Result<()> {
        match signal {
            Signal::Interrupt | Signal::Terminate | Signal::HangUp | Signal::Quit => {
                self.end = Some(End::By(signal));
            }
            Signal::Stop => {
                self.screen.leave();
                signal::stop_self();
            }
            // Also after a SIGSTOP, which lets nobody leave the terminal in order.
            Signal::Continue => {
                self.screen.enter()?;
                let (width, height) = self.screen.size()?;
                let resized = crossterm::event::Event::Resize(width, height);
                self.update(Instant::now(), Msg::Input(vec![resized]));
            }
        }
        Ok(())
    }

    fn update(&mut self, at: Instant, msg: Msg) {
        let now = Now {
            wall: (self.wall)(),
            mono: at.saturating_duration_since(self.started),
        };
        for effect in self.state.update(now, msg) {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect) {
        tracing::debug!(?effect);
        match effect {
            Effect::Connect { asked } => self.connect(asked),
            Effect::Suspend => {
                if !signal::stop_job() {
                    self.state.note = Some("There is no shell to leave to.".into());
                    self.state.set_dirty();
                }
            }
            Effect::Quit => self.end = Some(End::Quit),
            Effect::Identify => {
                self.ask(|ec2| async move { Msg::Identified(ec2.identity().await) });
            }
            Effect::Describe { asked } => self.ask(|ec2| async move {
                let result = ec2.describe().await;
                Msg::Described { asked, result }
            }),
            Effect::DryRun(id) => self.ask(|ec2| async move {
                let result = ec2.dry_run_cancel(&id).await;
                Msg::DryRun { id, result }
            }),
            Effect::Look(id, look) => self.ask(|ec2| async move {
                let result = ec2.describe_one(&id).await;
                Msg::Looked { id, look, result }
            }),
            Effect::Cancel(id) => self.ask(|ec2| async move {
                let result = ec2.cancel(&id).await;
                Msg::Cancelled { id, result }
            }),
        }
    }

    fn connect(&mut self, asked: u64) {
        let settings = self.settings.clone();
        let answers = self.answers.0.clone();
        tokio::spawn(async move {
            let answer = match Client::connect(&settings).await {
                Ok(ec2) => Answer::Connected(asked, ec2),
                Err(error) => Answer::Msg(Box::new(Msg::Connected {
                    asked,
                    result: Err(error),
                })),
            };
            let _ = answers.send(answer); // Nobody listens any more: the program is ending.
        });
    }

    /// Asks EC2 on a task of its own, so that a call that hangs holds up nothing.
    fn ask<C, F>(&self, call: C)
    where
        C: FnOnce(Client) -> F,
        F: Future<Output = Msg> + Send + 'static,
    {
        let ec2 = self
            .ec2
            .clone()
            .expect("effects that ask EC2 follow a connection");
        let answers = self.answers.0.clone();
        let call = call(ec2);
        tokio::spawn(async move {
            let _ = answers.send(Answer::Msg(Box::new(call.await)));
        });
    }
}
