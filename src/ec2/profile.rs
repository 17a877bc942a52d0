//! The AWS config and credentials files, and the profile chosen from them.
//!
//! The SDK ignores a missing profile or an unreadable file if it finds
//! credentials elsewhere; the next cancel would then go to the wrong account.
//! Here, as in the AWS CLI, both are errors.

use std::env;
use std::error::Error as _;
use std::fs;
use std::io::ErrorKind as IoErrorKind;
use std::path::{Path, PathBuf};

use aws_config::profile::{self, Profile, ProfileFileLoadError, ProfileSet};
use aws_types::os_shim_internal::{Env, Fs};

use shellexpand::path::tilde;

use super::error::Ec2Error;

/// Who chose the profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProfileChoice {
    /// `--profile`: overrides credentials in the environment.
    Flag,
    /// `AWS_PROFILE`, or else `AWS_DEFAULT_PROFILE`, as with the AWS CLI.
    Environment(&'static str),
    /// Neither: `default`, if it exists.
    Default,
}

/// The profiles of the AWS files, one of them chosen.
#[derive(Clone, Debug)]
pub(super) struct Profiles {
    set: ProfileSet,
    chosen: ProfileChoice,
}

/// How the chosen profile logs in. The remedy for a failure depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LoginMethod {
    /// IAM Identity Center: `aws sso login`.
    Sso {
        /// The profile with that setting: the chosen one, or the source of its role.
        profile: String,
    },
    /// An AWS Management Console session: `aws login`.
    Console {
        /// The profile with that setting.
        profile: String,
    },
    /// Access keys, a role, a process, a metadata service.
    Other,
}

/// The names of all profiles in the AWS files, sorted; empty if the files cannot be read.
pub async fn profile_names() -> Vec<String> {
    let set = load("default").await.ok();
    let names = set.iter().flat_map(ProfileSet::profiles);
    let mut names: Vec<_> = names.map(str::to_owned).collect();
    names.sort_unstable();
    names
}

/// The AWS files, with this profile selected. The profile need not exist.
async fn load(selected: &str) -> Result<ProfileSet, ProfileFileLoadError> {
    let selected = Some(selected.to_owned().into());
    #[expect(
        clippy::default_trait_access,
        reason = "aws-config knows the type by a deprecated name only"
    )]
    profile::load(&Fs::real(), &Env::real(), &Default::default(), selected).await
}

impl Profiles {
    /// Reads the files and chooses a profile: the flag's, the environment's, or `default`.
    pub async fn load(flag: Option<&str>) -> Result<Self, Ec2Error> {
        let (name, chosen) = choose(flag);
        for path in files() {
            check_readable(&path)?;
        }
        let selected = name.as_deref().unwrap_or("default");
        let set = load(selected).await.map_err(|error| unreadable(&error))?;
        let profiles = Self { set, chosen };
        match name {
            Some(name) if profiles.set.get_profile(&name).is_none() => Err(profiles.missing(&name)),
            _ => Ok(profiles),
        }
    }

    /// Who chose the profile.
    pub fn chosen(&self) -> ProfileChoice {
        self.chosen
    }

    /// The name of the profile in use: `default` if nobody chose one.
    pub fn name(&self) -> &str {
        self.set.selected_profile()
    }

    /// The name of the chosen profile, if somebody chose it.
    pub fn chosen_name(&self) -> Option<&str> {
        match self.chosen {
            ProfileChoice::Flag | ProfileChoice::Environment(_) => {
                Some(self.set.selected_profile())
            }
            ProfileChoice::Default => None,
        }
    }

    /// Whether there is a `default` profile.
    pub fn has_default(&self) -> bool {
        self.set.get_profile("default").is_some()
    }

    /// A setting of the chosen profile.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.set.get(key)
    }

    /// A setting of the chosen profile, or else of the profiles its role builds on.
    pub fn get_along_chain(&self, key: &str) -> Option<&str> {
        self.chain().find_map(|profile| profile.get(key))
    }

    /// How the chosen profile logs in.
    pub fn login_method(&self) -> LoginMethod {
        let Some(base) = self.chain().last() else {
            return LoginMethod::Other;
        };
        let profile = base.name().to_owned();
        if ["sso_session", "sso_start_url"]
            .iter()
            .any(|key| base.get(key).is_some())
        {
            LoginMethod::Sso { profile }
        } else if base.get("login_session").is_some() {
            LoginMethod::Console { profile }
        } else {
            LoginMethod::Other
        }
    }

    /// The profile in the chain whose role asks for a code from an MFA device.
    pub fn profile_asking_for_mfa(&self) -> Option<&str> {
        self.chain()
            .find(|profile| {
                profile.get("role_arn").is_some() && profile.get("mfa_serial").is_some()
            })
            .map(Profile::name)
    }

    /// The profile in the chain whose source is missing, and that source.
    pub fn missing_source(&self) -> Option<(&str, &str)> {
        let last = self.chain().last()?;
        last.get("role_arn")?;
        let source = last.get("source_profile")?;
        let is_missing = self.set.get_profile(source).is_none();
        is_missing.then(|| (last.name(), source))
    }

    /// The chosen profile, followed by the source profile of each role.
    fn chain(&self) -> impl Iterator<Item = &Profile> {
        let first = self.set.get_profile(self.set.selected_profile());
        // A chain longer than the set of profiles is a cycle.
        let longest = self.set.profiles().count();
        std::iter::successors(first, |profile| {
            profile.get("role_arn")?;
            let source = profile.get("source_profile")?;
            (source != profile.name()).then(|| self.set.get_profile(source))?
        })
        .take(longest)
    }

    fn missing(&self, name: &str) -> Ec2Error {
        let named_by = match self.chosen {
            ProfileChoice::Flag => "--profile",
            ProfileChoice::Environment(variable) => variable,
            ProfileChoice::Default => "the default",
        };
        let [config, credentials] = files();
        let files = format!("{} or {}", config.display(), credentials.display());
        let mut names: Vec<_> = self.set.profiles().collect();
        names.sort_unstable();
        let remedy = match names.as_slice() {
            [] => "No profile is defined there: run `aws configure`, or set AWS_CONFIG_FILE."
                .to_owned(),
            names => format!("The profiles there are: {}.", names.join(", ")),
        };
        Ec2Error::bad_settings(format!(
            "There is no profile \"{name}\" ({named_by}) in {files}."
        ))
        .with_remedy(remedy)
    }
}

/// The name of the profile that is used with this value of `--profile`: that of the environment without one, and
/// `None` without both.
pub fn profile_name(flag: Option<&str>) -> Option<String> {
    choose(flag).0
}

/// An empty `AWS_PROFILE` names a profile, as in the AWS CLI: a variable left empty by mistake in
/// a script must not select the account of `default`.
fn choose(flag: Option<&str>) -> (Option<String>, ProfileChoice) {
    if let Some(name) = flag {
        return (Some(name.to_owned()), ProfileChoice::Flag);
    }
    ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]
        .into_iter()
        .find_map(|key| Some((Some(env::var(key).ok()?), ProfileChoice::Environment(key))))
        .unwrap_or((None, ProfileChoice::Default))
}

/// The config and the credentials file.
fn files() -> [PathBuf; 2] {
    [
        ("AWS_CONFIG_FILE", "~/.aws/config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
    ]
    .map(|(key, default)| {
        let path = env::var(key).unwrap_or_else(|_| default.to_owned());
        tilde(&PathBuf::from(path)).into_owned()
    })
}

/// Checks the file, because the SDK treats an unreadable or non-UTF-8 file as empty.
fn check_readable(path: &Path) -> Result<(), Ec2Error> {
    match fs::read_to_string(path) {
        Ok(_) => Ok(()),
        // `NotADirectory`: a service user's home may be /dev/null.
        Err(error)
            if matches!(
                error.kind(),
                IoErrorKind::NotFound | IoErrorKind::NotADirectory
            ) =>
        {
            Ok(())
        }
        Err(error) => Err(Ec2Error::bad_settings(format!(
            "The AWS file {} cannot be read: {error}.",
            path.display()
        ))),
    }
}

fn unreadable(error: &ProfileFileLoadError) -> Ec2Error {
    // The inner cause names the file and the line.
    let cause = error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string);
    Ec2Error::bad_settings(format!("The AWS files cannot be used: {cause}."))
        .with_remedy("Correct the line, or name another file with AWS_CONFIG_FILE.")
}
