//! What each command does.

use crate::app::{self, Domains};
use crate::cli::{Command, ConfigCommand, DataCommand, KeysCommand, LedgerCommand, UserCommand};
use crate::database::{Database, context, private_options};
use crate::text::{complain, say};
use crate::{descriptors, doctor, serve};
use identity::{Keys, NewAccount};
use kernel::crypto::password::Password;
use kernel::crypto::seal::SealKeys;
use kernel::text::EmailAddress;
use platform::config::{self, Config, Source};
use platform::db::Actor;
use platform::http::Origin;
use platform::ports::Role;
use platform::private_postgres;
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};

type Failure = Box<dyn std::error::Error>;

pub(crate) fn run(command: Command) -> ExitCode {
    match execute(command) {
        Ok(code) => code,
        Err(failure) => {
            complain(format!("mana-auth: {failure}"));
            ExitCode::FAILURE
        }
    }
}

fn execute(command: Command) -> Result<ExitCode, Failure> {
    if let Command::Config {
        command: ConfigCommand::Reference,
    } = command
    {
        say(config::keys::markdown());
        return Ok(ExitCode::SUCCESS);
    }
    let config = Arc::new(Config::read(Source::from_machine(), &context())?);
    platform::telemetry::init_logging(&config.log_level, config.log_format);
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    if let Command::Config { .. } | Command::Serve = command
        && let Some(advice) = config.leaves_home()
    {
        return Err(format!(
            "the configuration is wrong:\n  {} {}",
            advice.key, advice.message
        )
        .into());
    }
    if let Command::Config { .. } = command {
        say("the configuration is fine");
        return Ok(ExitCode::SUCCESS);
    }
    descriptors::raise();
    // Low ports and files of root alone are opened before the privileges are dropped.
    let listener = match command {
        Command::Serve => Some(listen(&config)?),
        _ => None,
    };
    // Root may keep a backup where only root may write; there PostgreSQL alone runs unprivileged.
    let is_archive = matches!(command, Command::Backup { .. } | Command::Restore { .. });
    if config.database_url.is_none() && !is_archive {
        private_postgres::drop_privileges(&config.data_dir)?;
    }
    runtime()?.block_on(dispatch(command, config, listener))
}

const BACKLOG: i32 = 4096;

fn listen(config: &Config) -> Result<TcpListener, Failure> {
    let address = SocketAddr::new(config.bind, config.port);
    let listener = TcpListener::bind(address).map_err(|error| {
        format!("cannot listen on {address}: {error}; another server? set PORT to another one")
    })?;
    // A burst of clients waits in the system's queue instead of trying again a second later.
    rustix::net::listen(&listener, BACKLOG)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn runtime() -> Result<Runtime, std::io::Error> {
    Builder::new_multi_thread()
        .enable_all()
        .thread_name("mana-auth")
        .build()
}

async fn dispatch(
    command: Command,
    config: Arc<Config>,
    listener: Option<TcpListener>,
) -> Result<ExitCode, Failure> {
    match command {
        Command::Serve => match listener {
            Some(listener) => serve::run(config, listener)
                .await
                .map(|()| ExitCode::SUCCESS),
            None => Err("no listener".into()),
        },
        Command::Migrate => migrate(&config).await,
        Command::Doctor => doctor::run(&config).await,
        Command::Keys { command } => keys(&config, &command).await,
        Command::Ledger {
            command: LedgerCommand::Verify,
        } => verify_ledger(&config).await,
        Command::User { command } => user(&config, command).await,
        Command::Data {
            command: DataCommand::Upgrade,
        } => {
            let old = private_postgres::upgrade(private_options(&config)).await?;
            say(format!(
                "the database was upgraded; the old cluster is kept in {}",
                old.display()
            ));
            Ok(ExitCode::SUCCESS)
        }
        Command::Backup { file } => {
            private_postgres::backup(private_options(&config), &file).await?;
            say(format!(
                "backup written to {}; it holds secrets, keep it as safe as them",
                file.display()
            ));
            Ok(ExitCode::SUCCESS)
        }
        Command::Restore { file } => {
            private_postgres::restore(&file, private_options(&config)).await?;
            say(format!(
                "restored into {}; start with: mana-auth serve",
                config.data_dir.display()
            ));
            Ok(ExitCode::SUCCESS)
        }
        Command::Openapi => print_openapi(&config).await,
        Command::Config { .. } => Err("config commands need no database".into()),
    }
}

async fn migrate(config: &Config) -> Result<ExitCode, Failure> {
    let database = Database::join(config).await?;
    let applied = database.migrate(config).await;
    database.close().await;
    say(match applied? {
        0 => "the schema is up to date".to_owned(),
        number => format!("{number} migrations applied"),
    });
    Ok(ExitCode::SUCCESS)
}

async fn keys(config: &Config, command: &KeysCommand) -> Result<ExitCode, Failure> {
    let database = Database::join(config).await?;
    let done = async {
        database.migrate(config).await?;
        let secrets = &config.secrets;
        let seal = Arc::new(SealKeys::new(
            secrets.kek.clone(),
            secrets.keks_previous.clone(),
        ));
        if matches!(command, KeysCommand::Rotate) {
            Keys::replace(&context(), &database.db, &seal, &config.jwt).await?;
        }
        let keys = Keys::open(context(), database.db.clone(), seal, config.jwt.clone()).await?;
        Ok::<_, Failure>(keys.list())
    }
    .await;
    database.close().await;
    for key in done? {
        let state = key.expires_at.map_or_else(
            || "signing".to_owned(),
            |until| format!("published until {until}"),
        );
        say(format!("{}  made {}  {state}", key.kid, key.created_at));
    }
    Ok(ExitCode::SUCCESS)
}

async fn verify_ledger(config: &Config) -> Result<ExitCode, Failure> {
    let database = Database::join(config).await?;
    let done = async {
        database.migrate(config).await?;
        let tx = database.db.tx(&Actor::Service).await?;
        let keys = app::checkpoint_keys(config);
        Ok::<_, Failure>(credits::verify(&tx, &keys, &identity::users::People).await?)
    }
    .await;
    database.close().await;
    let report = done?;
    for check in &report.checks {
        say(format!(
            "{}  {}",
            if check.differences.is_empty() {
                "ok  "
            } else {
                "FAIL"
            },
            check.name
        ));
        for difference in &check.differences {
            say(format!("      {difference:?}"));
        }
    }
    say(format!(
        "{} accounts, {} transfers, {} entries, {} checkpoints",
        report.accounts, report.transfers, report.entries, report.checkpoints
    ));
    Ok(if report.is_clean() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn user(config: &Arc<Config>, command: UserCommand) -> Result<ExitCode, Failure> {
    let database = Database::join(config).await?;
    let done = async {
        database.migrate(config).await?;
        let domains = Domains::open(config, &context(), &database.db).await?;
        change_users(&domains, command).await
    }
    .await;
    database.close().await;
    done
}

async fn change_users(domains: &Domains, command: UserCommand) -> Result<ExitCode, Failure> {
    match command {
        UserCommand::Create {
            email,
            password,
            name,
            role,
            verified,
        } => {
            let email = EmailAddress::parse(&email).ok_or("that is not an e-mail address")?;
            let password = match password {
                Some(password) => password,
                None => ask_password()?,
            };
            let account = NewAccount {
                email,
                password: Some(
                    Password::new(&password)
                        .map_err(|error| format!("{error}: it must have 8 to 128 characters"))?,
                ),
                name,
                image: None,
                locale: None,
                role: parse_role(&role)?,
                is_verified: verified,
                callback: None,
                origin: Origin::default(),
            };
            say(domains.identity.create_account(account).await?.as_str());
        }
        UserCommand::List { limit } => {
            for user in domains.identity.list_users(limit.clamp(1, 10_000)).await? {
                let verified = if user.is_verified {
                    "verified"
                } else {
                    "unverified"
                };
                say(format!(
                    "{}  {}  {}  {verified}  {}  {}",
                    user.id, user.email, user.role, user.created_at, user.name
                ));
            }
        }
        UserCommand::AdminLink => match domains.identity.make_admin_link().await? {
            Some(link) => say(link),
            None => {
                return Err(
                    "somebody administers this server already; for another one: mana-auth user set-role".into(),
                );
            }
        },
        UserCommand::SetRole { email, role } => {
            let address = EmailAddress::parse(&email).ok_or("that is not an e-mail address")?;
            if !domains
                .identity
                .set_role(&address, parse_role(&role)?)
                .await?
            {
                return Err(format!("nobody has the address {email}").into());
            }
            say(format!("{email} is {role} from now on"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn ask_password() -> Result<String, Failure> {
    complain("password (then Enter):");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

fn parse_role(text: &str) -> Result<Role, Failure> {
    match text {
        "user" | "admin" | "service" => Ok(Role::from_label(text)),
        other => Err(format!("role must be user, admin or service, not `{other}`").into()),
    }
}

async fn print_openapi(config: &Arc<Config>) -> Result<ExitCode, Failure> {
    let database = Database::join(config).await?;
    let done = async {
        database.migrate(config).await?;
        Ok::<_, Failure>(Domains::open(config, &context(), &database.db).await?)
    }
    .await;
    let text = done.and_then(|domains| Ok(serde_json::to_string_pretty(&app::openapi(&domains))?));
    database.close().await;
    say(text?);
    Ok(ExitCode::SUCCESS)
}
