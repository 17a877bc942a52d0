//! `bundletop` without a command: the terminal UI, on EC2 or on a simulated one in this process.

mod settings;

use std::io::{self, IsTerminal as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use jiff::Timestamp;

use super::error::{CliError, print_error};
use super::options::{self, ConnectionOptions, parse_speed};
use super::setting_options::{self, ConfigOption, SettingOptions};
use crate::config;
use crate::ec2::Settings;
use crate::endpoint::{Clock, Endpoint, FaultRule, Faults, World};
use crate::log;
use crate::record::recording::Recording;
use crate::signal::{self, Signal};
use crate::text::clean;
use crate::tui::replay::{ReplayClock, ReplayDriver};
use crate::tui::terminal::{self, Tty};
use crate::tui::theme::Theme;
use crate::tui::{self, JournalOptions, Options};

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
    config: ConfigOption,

    #[command(flatten)]
    settings: SettingOptions,

    /// Show a recording that bundletop watch --output ndjson has written.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, conflicts_with_all = NOT_WITH_REPLAY)]
    replay: Option<PathBuf>,

    /// How many times faster than it was the recording is shown at first.
    #[arg(long, value_name = "N", value_parser = parse_speed, default_value = "1", requires = "replay")]
    replay_speed: f64,

    #[command(flatten)]
    demo: DemoArgs,
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

/// Runs the UI until the user quits or a signal comes. Everything that can fail with a message
/// is done before the terminal switches to the UI's screen; nothing slow is.
pub(super) fn run(args: UiArgs) -> Result<ExitCode, CliError> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(CliError::usage(
            "this draws on a terminal, and standard input or output is not one",
        ));
    }
    let profile = args.connection.profile.as_deref();
    let settings = setting_options::load(&args.config, profile, &args.settings)?;
    log::init_file();
    terminal::install_panic_hook();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("could not start the worker threads")?;
    let theme = settings::theme(&settings);
    let charset = theme.charset();
    let exit = runtime.block_on(run_ui(args, settings, theme));
    // Does not wait for a request that hangs.
    runtime.shutdown_background();
    let exit = exit?;
    if let Some(message) = exit.exit_message {
        print_error(&clean(&message, charset));
    }
    let code = exit.signal.and_then(Signal::exit_code);
    Ok(code.map_or(ExitCode::SUCCESS, ExitCode::from))
}

async fn run_ui(
    args: UiArgs,
    settings: config::LoadedConfig,
    theme: Theme,
) -> Result<tui::Exit, CliError> {
    let config = &settings.config;
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
        _ if replay.is_some() || !config.journal.keep => None,
        Some(directory) if args.settings.monitor.journal.is_none() => {
            Some(directory.path().join("journal.sqlite3"))
        }
        Some(_) | None => setting_options::journal_path(config),
    };
    let is_replay = replay.is_some();
    let file = setting_options::file_path(&args.config).ok();
    let options = Options {
        preferences: settings::preferences(&settings, is_replay),
        catalog: settings.catalog.clone(),
        order: settings::order(&settings),
        filter: config.list.filter.clone(),
        settings_message: settings::mistakes(&settings.problems),
        follows_background: settings::follows_background(&settings, &theme),
        theme,
        journal: journal.map(|path| JournalOptions {
            is_temporary: demo_directory
                .as_ref()
                .is_some_and(|it| path.starts_with(it.path())),
            path,
            retention: config.journal.retention.0,
        }),
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
        settings_source: file.map(|file| {
            let profile = args.connection.profile.clone();
            settings::source(
                file,
                args.config,
                profile,
                args.settings,
                is_replay,
                settings,
            )
        }),
        settings: match &demo {
            Some(endpoint) => Settings::demo(endpoint.url()),
            None => args.connection.into_settings(),
        },
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
