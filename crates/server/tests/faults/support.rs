//! The binary as a process, its data folder, and people who use it over HTTP.

use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Nothing here takes longer, however busy the machine is.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);
const POLL: Duration = Duration::from_millis(20);
pub(crate) const PASSWORD: &str = "correct horse battery";

static NUMBER: AtomicU64 = AtomicU64::new(0);

/// A name that no other test and no other run has.
pub(crate) fn unique() -> String {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!("{}-{number}", std::process::id())
}

/// Asks again until the answer is yes.
#[track_caller]
pub(crate) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "waited too long until {what}");
        std::thread::sleep(POLL);
    }
}

/// Asks again until there is an answer; panics after `patience`.
pub(crate) async fn eventually<T, F>(
    what: &str,
    patience: Duration,
    mut ask: impl FnMut() -> F,
) -> T
where
    F: Future<Output = Option<T>>,
{
    let end = Instant::now() + patience;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < end, "waited {patience:?} until {what}");
        tokio::time::sleep(POLL).await;
    }
}

/// A folder of a test, removed with whatever PostgreSQL still runs in it.
pub(crate) struct Home(PathBuf);

impl Home {
    pub(crate) fn new() -> Self {
        // Short, and open to the user that PostgreSQL runs as.
        let path = PathBuf::from(format!("/tmp/mana-faults-{}", unique()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    /// The binary with quick settings and nothing of this machine's environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mana-auth"));
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("DATA_DIR", self.data())
            .env("PORT", "0")
            .env("PASSWORD_MEMORY_KIB", "64")
            .env("PASSWORD_PASSES", "1")
            .env("RATE_LIMIT_ENABLED", "false")
            .current_dir(&self.0)
            .stdin(Stdio::null());
        if let Some(binaries) = std::env::var_os("PG_BIN") {
            command.env("PG_BIN", binaries);
        }
        command
    }

    /// Runs a command of the binary to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Done {
        Done::of(&mut self.command(arguments))
    }

    /// Past row-level security, into the private database that runs here.
    pub(crate) async fn superuser(&self) -> tokio_postgres::Client {
        let url = platform::private_postgres::url_of_running(&self.data()).unwrap();
        let mut config: tokio_postgres::Config = url.expose_secret().parse().unwrap();
        let password = fs::read_to_string(self.data().join("secrets/postgres-superuser-password"));
        config.user("postgres").password(password.unwrap().trim());
        let (client, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// Process id of the postmaster of this folder, while its pid file names one.
    pub(crate) fn postmaster(&self) -> Option<i32> {
        let text = fs::read_to_string(self.data().join("postgres/postmaster.pid")).ok()?;
        text.lines().next()?.trim().parse().ok()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Some(pid) = self.postmaster()
            && is_postgres(pid)
        {
            signal(pid, rustix::process::Signal::QUIT);
            let end = Instant::now() + Duration::from_secs(10);
            while is_postgres(pid) && Instant::now() < end {
                std::thread::sleep(POLL);
            }
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn is_postgres(pid: i32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "postgres")
}

/// Free now; in the unlikely case that it is taken a moment later, the test says so.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Sends a signal to a process that a test started.
pub(crate) fn signal(pid: i32, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    let _ = rustix::process::kill_process(pid, signal);
}

/// A command that ended.
pub(crate) struct Done {
    pub(crate) status: ExitStatus,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Done {
    pub(crate) fn of(command: &mut Command) -> Self {
        let Output {
            status,
            stdout,
            stderr,
        } = command.output().unwrap();
        Self {
            status,
            out: String::from_utf8_lossy(&stdout).into_owned(),
            err: String::from_utf8_lossy(&stderr).into_owned(),
        }
    }

    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        assert!(
            self.status.success(),
            "{}\n{}\n{}",
            self.status,
            self.out,
            self.err
        );
        self
    }

    #[track_caller]
    pub(crate) fn fails(self) -> Self {
        assert!(!self.status.success(), "{}\n{}", self.out, self.err);
        self
    }

    /// Panics unless standard output or error has this text.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(
            self.out.contains(text) || self.err.contains(text),
            "no `{text}` in:\n{}\n{}",
            self.out,
            self.err
        );
        self
    }
}

/// A serving process; killed with the test.
pub(crate) struct Server {
    child: Child,
    api: Api,
    said: Arc<Mutex<String>>,
}

impl std::ops::Deref for Server {
    type Target = Api;

    fn deref(&self) -> &Api {
        &self.api
    }
}

impl Server {
    /// Starts `mana-auth serve` on the home's private PostgreSQL.
    pub(crate) fn start(home: &Home) -> Self {
        Self::of(&mut home.command(&["serve"]))
    }

    /// Starts a prepared command and waits until it listens.
    pub(crate) fn of(command: &mut Command) -> Self {
        let mut server = Self::launch(command);
        server.wait_until_listening();
        server
    }

    /// Starts a prepared command without waiting for anything.
    pub(crate) fn launch(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        keep(child.stdout.take().unwrap(), &said);
        keep(child.stderr.take().unwrap(), &said);
        Self {
            child,
            api: Api {
                base: String::new(),
                http: reqwest::Client::builder()
                    .timeout(PATIENCE)
                    .build()
                    .unwrap(),
            },
            said,
        }
    }

    /// Waits until the process says where it listens.
    pub(crate) fn wait_until_listening(&mut self) {
        let Self { child, api, said } = self;
        wait_until("the server listens", || {
            let said = said.lock().unwrap().clone();
            if let Some(status) = child.try_wait().unwrap() {
                panic!("the server ended with {status}:\n{said}");
            }
            let Some(at) = said.find("  address     ") else {
                return false;
            };
            let line = said[at..].lines().next().unwrap_or_default();
            api.base = line.split_whitespace().nth(1).unwrap().to_owned();
            true
        });
    }

    pub(crate) fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).unwrap()
    }

    /// Everything the process said so far.
    pub(crate) fn log(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    pub(crate) fn terminate(&self) {
        signal(self.pid(), rustix::process::Signal::TERM);
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits until the process ends.
    pub(crate) fn end(&mut self) -> ExitStatus {
        wait_until("the server ends", || !self.is_running());
        self.child.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where a server answers; outlives it.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) base: String,
    http: reqwest::Client,
}

impl Api {
    pub(crate) async fn get(&self, path: &str, token: Option<&str>) -> Answer {
        let mut request = self.http.get(format!("{}{path}", self.base));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        Answer::of(request).await
    }

    pub(crate) async fn post(&self, path: &str, token: Option<&str>, body: Value) -> Answer {
        Answer::of(self.request(path, token, &body)).await
    }

    /// A POST that is not sent yet.
    pub(crate) fn request(
        &self,
        path: &str,
        token: Option<&str>,
        body: &Value,
    ) -> reqwest::RequestBuilder {
        let request = self.http.post(format!("{}{path}", self.base)).json(body);
        match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub(crate) async fn get_with_cookie(&self, path: &str, cookie: &str) -> Answer {
        Answer::of(
            self.http
                .get(format!("{}{path}", self.base))
                .header("cookie", cookie),
        )
        .await
    }

    /// Registers and signs in a new person.
    pub(crate) async fn person(&self) -> Person {
        let email = format!("person-{}@example.com", unique());
        let body = json!({"email": email, "password": PASSWORD});
        let id = self
            .post("/api/v1/auth/register", None, body)
            .await
            .expect(200)
            .json["id"]
            .as_str()
            .unwrap()
            .to_owned();
        self.sign_in(&email, &id).await
    }

    /// Signs in.
    pub(crate) async fn sign_in(&self, email: &str, id: &str) -> Person {
        let body = json!({"email": email, "password": PASSWORD});
        let answer = self
            .post("/api/v1/auth/login", None, body)
            .await
            .expect(200);
        Person::of(id, email, answer)
    }
}

fn keep(pipe: impl std::io::Read + Send + 'static, said: &Arc<Mutex<String>>) {
    let said = said.clone();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let mut said = said.lock().unwrap();
            said.push_str(&line);
            said.push('\n');
        }
    });
}

/// Somebody who is signed in.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) cookie: String,
}

impl Person {
    /// Whom the answer of a sign-in describes.
    pub(crate) fn of(id: &str, email: &str, answer: Answer) -> Self {
        Self {
            id: id.to_owned(),
            email: email.to_owned(),
            access: answer.json["accessToken"].as_str().unwrap().to_owned(),
            refresh: answer.json["refreshToken"].as_str().unwrap().to_owned(),
            cookie: answer.cookie,
        }
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) json: Value,
    pub(crate) cookie: String,
}

impl Answer {
    /// Sends; panics when the connection fails.
    pub(crate) async fn of(request: reqwest::RequestBuilder) -> Self {
        Self::attempt(request).await.expect("an answer")
    }

    /// Sends; an error means that nobody knows what happened.
    pub(crate) async fn attempt(request: reqwest::RequestBuilder) -> Result<Self, reqwest::Error> {
        let response = request.send().await?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let cookie = headers
            .get_all("set-cookie")
            .iter()
            .filter_map(|value| value.to_str().ok()?.split(';').next())
            .collect::<Vec<_>>()
            .join("; ");
        let body = response.bytes().await?;
        Ok(Self {
            status,
            headers,
            cookie,
            json: serde_json::from_slice(&body).unwrap_or(Value::Null),
        })
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// Panics unless it is the 503 that everything answers which needs a database that is not there.
    #[track_caller]
    pub(crate) fn says_unavailable(self, what: &str) {
        assert_eq!(self.status, 503, "{what}: {self:?}");
        assert_eq!(
            self.headers["content-type"], "application/problem+json",
            "{what}: {self:?}"
        );
        assert!(self.headers.contains_key("retry-after"), "{what}: {self:?}");
        assert_eq!(self.json["code"], "SERVICE_UNAVAILABLE", "{what}: {self:?}");
    }
}
