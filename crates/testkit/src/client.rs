//! An HTTP client with cookies that talks to a router in process.

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use platform::http::serve::Peer;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

/// A client; clones share the cookies.
#[derive(Clone)]
pub struct Client {
    router: Router,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
    headers: HeaderMap,
    peer: IpAddr,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON, `null` when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's text, empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Panics with the whole answer unless the status is the given one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(
            self.status.as_u16(),
            status,
            "{:?} {}",
            self.headers,
            self.text()
        );
        self
    }

    /// Panics unless it is a problem document with this status and code; answers its JSON.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Value {
        let answer = self.expect(status);
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{}",
            answer.text()
        );
        let json = answer.json();
        assert_eq!(json["code"], code, "{json}");
        assert_eq!(json["error"], code, "{json}");
        assert_eq!(json["statusCode"], status, "{json}");
        assert_eq!(json["message"], json["detail"], "{json}");
        json
    }
}

impl Client {
    /// A client of a router, from 127.0.0.1, without cookies.
    pub fn new(router: Router) -> Self {
        Self {
            router,
            cookies: Arc::default(),
            headers: HeaderMap::new(),
            peer: IpAddr::from([127, 0, 0, 1]),
        }
    }

    /// The same router with an empty cookie jar.
    #[must_use]
    pub fn fresh(&self) -> Self {
        Self {
            cookies: Arc::default(),
            headers: HeaderMap::new(),
            ..self.clone()
        }
    }

    /// The same cookies and headers at another server.
    #[must_use]
    pub fn at(&self, other: &Self) -> Self {
        Self {
            router: other.router.clone(),
            ..self.clone()
        }
    }

    /// Every cookie of the jar, in the order of their names.
    pub fn cookies(&self) -> Vec<(String, String)> {
        let cookies = self.cookies.lock().unwrap();
        cookies.clone().into_iter().collect()
    }

    /// Sends this header with every request.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    /// Authenticates with a bearer token instead of cookies.
    #[must_use]
    pub fn bearer(&self, token: &str) -> Self {
        self.fresh()
            .with("authorization", &format!("Bearer {token}"))
    }

    /// Connects from another address.
    #[must_use]
    pub fn from_ip(mut self, ip: &str) -> Self {
        self.peer = ip.parse().unwrap();
        self
    }

    /// A cookie of the jar.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    /// Puts a cookie into the jar.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies
            .lock()
            .unwrap()
            .insert(name.to_owned(), value.to_owned());
    }

    /// Takes a cookie out of the jar.
    pub fn forget_cookie(&self, name: &str) {
        self.cookies.lock().unwrap().remove(name);
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// DELETE, with a JSON body when one is given.
    pub async fn delete(&self, path: &str, body: Option<Value>) -> Answer {
        self.send(Method::DELETE, path, body).await
    }

    /// Any method, with a JSON body when one is given.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.raw(request.body(body).unwrap()).await
    }

    /// A request as it stands, with the client's headers and cookies added.
    pub async fn raw(&self, mut request: Request<Body>) -> Answer {
        for (name, value) in &self.headers {
            request.headers_mut().insert(name, value.clone());
        }
        let jar = {
            let cookies = self.cookies.lock().unwrap();
            cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>()
                .join("; ")
        };
        if !jar.is_empty() && !request.headers().contains_key(header::COOKIE) {
            request
                .headers_mut()
                .insert(header::COOKIE, jar.parse().unwrap());
        }
        request.extensions_mut().insert(Peer(self.peer));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        self.keep_cookies(&parts.headers);
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    fn keep_cookies(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies.lock().unwrap();
        for value in headers.get_all(header::SET_COOKIE) {
            let text = value.to_str().unwrap();
            let (pair, attributes) = text.split_once(';').unwrap_or((text, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
