//! `bundletop` without a command: the terminal UI, on EC2 or on a simulated one in this process.

use std::io::{self, IsTerminal as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use jiff::{SignedDuration, Timestamp};

use super::error::{CliError, print_error};
use super::options::{self, ConnectionOptions, MonitorOptions, parse_speed};
use crate::ec2::Settings;
use crate::endpoint::{Clock, Endpoint, FaultRule, Faults, World};
use crate::environment;
use crate::log;
use crate::record::recording::Recording;
use crate::signal::{self, Signal};
use crate::text::clean;
use crate::tui::notice::{NoticeChannel, NoticeKind, NoticeOptions};
use crate::tui::replay::{ReplayClock, ReplayDriver};
use crate::tui::terminal::{self, Tty};
use crate::tui::theme::{self, Background, ColorDepth, Theme};
use crate::tui::{self, JournalOptions, Options, background_query};

/// The options that mean nothing while a recording is replayed.
const NOT_WITH_REPLAY: [&str; 15] = [
    options::PROFILE,
    options::REGION,
    options::ENDPOINT_URL,
    options::CA_BUNDLE,
    "interval",
    "journal",
    "no_journal",
    "journal_retention",
    "notify",
    "notify_on",
    "notify_command",
    "demo",
    "demo_world",
    "demo_speed",
    "demo_fault",
];

/// The options of the terminal UI.
#[derive(Debug, Args)]
pub(super) struct UiArgs {
    #[command(flatten)]
    connection: ConnectionOptions,

    #[command(flatten)]
    monitor: MonitorOptions,

    /// Use only ASCII characters.
    #[arg(long)]
    ascii: bool,

    /// Use the mouse from the start; m turns it on and off. While it is used, the terminal does not select
    /// text with it.
    #[arg(long)]
    mouse: bool,

    /// The theme. By default the terminal is asked for its background.
    #[arg(
        long,
        value_enum,
        value_name = "THEME",
        default_value_t,
        hide_possible_values = false
    )]
    theme: ThemeChoice,

    /// How many colours to use. By default as many as the terminal has.
    #[arg(long, value_enum, value_name = "COLORS", default_value_t)]
    color: ColorChoice,

    /// Forget what is in the journal of tasks that were not seen for that long, such as 90d.
    #[arg(long, value_name = "TIME", value_parser = options::parse_duration, default_value = "400d")]
    journal_retention: SignedDuration,

    /// Show a recording that bundletop watch --output ndjson has written.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, conflicts_with_all = NOT_WITH_REPLAY)]
    replay: Option<PathBuf>,

    /// How many times faster than it was the recording is shown at first.
    #[arg(long, value_name = "N", value_parser = parse_speed, default_value = "1", requires = "replay")]
    replay_speed: f64,

    /// How to give notices while the terminal is not in focus: the bell, or a desktop notice by one of three
    /// escape sequences.
    #[arg(
        long,
        value_enum,
        value_name = "CHANNEL",
        value_delimiter = ',',
        default_value = "bell"
    )]
    notify: Vec<NoticeChannel>,

    /// What to give notices about.
    #[arg(
        long,
        value_enum,
        value_name = "EVENT",
        value_delimiter = ',',
        default_value = "failure,stall,verdict"
    )]
    notify_on: Vec<NoticeKind>,

    /// A command to run for each notice, split into words as a shell would. It gets the event as JSON on
    /// standard input, and its parts in environment variables that begin with `BUNDLETOP_`.
    #[arg(long, value_name = "COMMAND", value_parser = parse_words)]
    notify_command: Option<Words>,

    #[command(flatten)]
    demo: DemoArgs,
}

/// The words of a command.
#[derive(Clone, Debug)]
struct Words(Vec<String>);

fn parse_words(text: &str) -> Result<Words, String> {
    match shlex::split(text) {
        Some(words) if !words.is_empty() => Ok(Words(words)),
        Some(_) => Err("is empty".into()),
        None => Err("has a quote that is not closed".into()),
    }
}

/// The values of `--theme`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ThemeChoice {
    #[default]
    Auto,
    Dark,
    Light,
}

/// The values of `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ColorChoice {
    #[default]
    Auto,
    Truecolor,
    #[value(name = "256")]
    Palette256,
    #[value(name = "16")]
    Sixteen,
    Never,
}

/// The options of the demo.
#[derive(Debug, Args)]
struct DemoArgs {
    /// Show a simulated EC2 with example tasks. No AWS account is needed.
    #[arg(long, conflicts_with_all = options::CONNECTION)]
    demo: bool,

    /// Start the demo with the tasks of this JSON file, which is like assets/demo/default.json.
    #[arg(long, value_name = "FILE", conflicts_with_all = options::CONNECTION)]
    demo_world: Option<PathBuf>,

    /// Start the demo, and run it this many times faster than real time.
    #[arg(long, value_name = "N", value_parser = parse_speed, conflicts_with_all = options::CONNECTION)]
    demo_speed: Option<f64>,

    /// Start the demo, and simulate this fault, such as throttle, hang or CancelBundleTask:deny. Can be
    /// repeated.
    #[arg(long, value_name = "FAULT", conflicts_with_all = options::CONNECTION)]
    demo_fault: Vec<FaultRule>,
}

impl DemoArgs {
    /// Whether the demo is to be started: any of its options starts it.
    fn is_requested(&self) -> bool {
        self.demo
            || self.demo_world.is_some()
            || self.demo_speed.is_some()
            || !self.demo_fault.is_empty()
    }
}

/// A fault that delays each cancel in the demo: EC2 needs time too, and without a delay nobody
/// would see what the screen shows meanwhile.
const DEMO_CANCEL_DELAY: &str = "CancelBundleTask-DryRun:latency=800ms";

/// How it looks at first.
fn theme(args: &UiArgs) -> Theme {
    let background = match args.theme {
        ThemeChoice::Dark => Some(Background::Dark),
        ThemeChoice::Light => Some(Background::Light),
        ThemeChoice::Auto => {
            let hint = environment::variable("COLORFGBG");
            hint.and_then(|hint| background_query::of_colorfgbg(&hint))
        }
    };
    let colors = match args.color {
        ColorChoice::Truecolor => ColorDepth::TrueColor,
        ColorChoice::Palette256 => ColorDepth::Palette256,
        ColorChoice::Sixteen => ColorDepth::Sixteen,
        ColorChoice::Never => ColorDepth::None,
        ColorChoice::Auto => theme::color_depth_of(environment::variable),
    };
    // crossterm would leave colours out by itself if NO_COLOR is set, also those that --color asks for.
    crossterm::style::force_color_output(colors != ColorDepth::None);
    let charset = theme::charset_of(args.ascii, environment::variable);
    Theme::new(background.unwrap_or(Background::Dark), colors, charset)
}

/// Runs the UI until the user quits or a signal comes. Everything that can fail with a message
/// is done before the terminal switches to the UI's screen; nothing slow is.
pub(super) fn run(args: UiArgs) -> Result<ExitCode, CliError> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(CliError::usage(
            "this draws on a terminal, and standard input or output is not one",
        ));
    }
    log::init_file();
    terminal::install_panic_hook();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("could not start the worker threads")?;
    let theme = theme(&args);
    let charset = theme.charset();
    let exit = runtime.block_on(run_ui(args, theme));
    // Does not wait for a request that hangs.
    runtime.shutdown_background();
    let exit = exit?;
    if let Some(message) = exit.exit_message {
        print_error(&clean(&message, charset));
    }
    let code = exit.signal.and_then(Signal::exit_code);
    Ok(code.map_or(ExitCode::SUCCESS, ExitCode::from))
}

async fn run_ui(args: UiArgs, theme: Theme) -> Result<tui::Exit, CliError> {
    let replay = args.replay.as_deref().map(Recording::read).transpose();
    let replay = replay.map_err(|error| CliError::usage(error.to_string()))?;
    let replay = replay.map(|recording| {
        let clock = ReplayClock::new(&recording, args.replay_speed);
        ReplayDriver::new(recording, clock)
    });
    let demo = if args.demo.is_requested() {
        Some(start_demo(args.demo).await?)
    } else {
        None
    };
    // Removed when this ends.
    let demo_directory = demo.is_some().then(tempfile::tempdir).transpose();
    let demo_directory = demo_directory.context("could not make a directory for the demo")?;
    let journal = match &demo_directory {
        _ if replay.is_some() => None,
        Some(directory) if args.monitor.journal.is_none() && !args.monitor.no_journal => {
            Some(directory.path().join("journal.sqlite3"))
        }
        Some(_) | None => args.monitor.journal_path(),
    };
    let options = Options {
        notices: NoticeOptions {
            // What was recorded is no news.
            kinds: if replay.is_some() {
                Vec::new()
            } else {
                args.notify_on
            },
            channels: args.notify,
            command: args.notify_command.map_or(Vec::new(), |Words(words)| words),
        },
        journal: journal.map(|path| JournalOptions {
            path,
            retention: args.journal_retention,
        }),
        settings: match &demo {
            Some(endpoint) => Settings::demo(endpoint.url()),
            None => args.connection.into_settings(),
        },
        demo: demo.is_some(),
        wall: match (&demo, &replay) {
            (Some(endpoint), _) => {
                let clock = endpoint.clock().clone();
                Box::new(move || clock.now())
            }
            (None, Some(replay)) => {
                let clock = replay.clock().clone();
                Box::new(move || clock.now())
            }
            (None, None) => Box::new(Timestamp::now),
        },
        replay,
        interval: args.monitor.interval,
        mouse: args.mouse,
        follows_background: args.theme == ThemeChoice::Auto
            && theme.colors() != ColorDepth::None
            && environment::variable("TERM").is_some_and(|term| term != "linux"),
        theme,
    };
    let signals = signal::listen().context("could not listen for signals")?;
    let mut tty = Tty::open().context("could not set up the terminal")?;
    let exit = tui::run(options, &mut tty, terminal::read_input(), signals).await;
    exit.context("the terminal failed").map_err(CliError::from)
}

async fn start_demo(args: DemoArgs) -> Result<Endpoint, CliError> {
    let world = match &args.demo_world {
        Some(file) => World::from_file(file).map_err(|error| CliError::usage(error.to_string()))?,
        None => World::built_in(),
    };
    let clock = Clock::real(args.demo_speed.unwrap_or(1.0));
    let faults = Faults::none();
    let cancel_delay = DEMO_CANCEL_DELAY.parse();
    faults.add(cancel_delay.expect("the constant is a valid fault"));
    for fault in args.demo_fault {
        faults.add(fault);
    }
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let endpoint = Endpoint::start(world, clock, faults, any_port).await;
    endpoint.map_err(|error| CliError::usage(error.to_string()))
}
