use super::connection::{Connection, Exchange, Order};
use super::registry::{Place, Registry};
use super::{Bounds, TrustedProxies, run};
use axum::Router;
use hyper_util::rt::TokioExecutor;
use hyper_util::server::conn::auto;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const LIMITS: Bounds = Bounds {
    max_connections: 6,
    max_per_address: 3,
};

fn registry(proxies: &str) -> Arc<Registry> {
    let nets = proxies.split(',').filter(|net| !net.is_empty());
    let nets = nets.map(|net| net.parse().unwrap()).collect();
    Registry::new(LIMITS, TrustedProxies::new(nets))
}

fn admit(registry: &Arc<Registry>, peer: &str) -> Option<Place> {
    registry.clock.advance();
    registry.admit(peer.parse::<IpAddr>().unwrap())
}

fn pass(registry: &Registry, seconds: u32) {
    for _ in 0..seconds * 4 {
        registry.clock.advance();
    }
}

/// Whether the connection was told to end.
fn is_ending(place: &Place) -> bool {
    place.connection.waits().is_none()
}

fn verdict(place: &Place) -> Option<Order> {
    place.connection.verdict(false).map(|(order, _)| order)
}

fn begin(connection: &Arc<Connection>) -> Exchange {
    Exchange::begin(connection.clone(), 100).0
}

#[test]
fn past_the_limit_of_an_address_its_own_oldest_gives_way() {
    let registry = registry("");
    let other = admit(&registry, "203.0.113.1").unwrap();
    let first = admit(&registry, "203.0.113.2").unwrap();
    let second = admit(&registry, "203.0.113.2").unwrap();
    let _third = admit(&registry, "::ffff:203.0.113.2").unwrap();
    let _fourth = admit(&registry, "203.0.113.2").unwrap();
    assert!(is_ending(&first));
    assert!(!is_ending(&second) && !is_ending(&other));
}

#[test]
fn one_household_of_ipv6_shares_a_limit() {
    let registry = registry("");
    let places: Vec<_> = (1..=4)
        .map(|host| admit(&registry, &format!("2001:db8:1:2::{host}")).unwrap())
        .collect();
    assert!(is_ending(&places[0]) && !is_ending(&places[3]));
    let _other = admit(&registry, "2001:db8:1:3::1").unwrap();
    assert!(!is_ending(&places[1]));
}

#[test]
fn a_trusted_proxy_has_no_limit_of_its_own() {
    let registry = registry("10.0.0.0/8");
    let places: Vec<_> = (0..6)
        .map(|_| admit(&registry, "10.0.0.1").unwrap())
        .collect();
    assert!(places.iter().all(|place| !is_ending(place)));
    let _next = admit(&registry, "10.0.0.1").unwrap();
    assert!(is_ending(&places[0]));
}

#[test]
fn past_the_limit_of_the_process_the_one_that_waits_longest_gives_way() {
    let registry = registry("");
    let places: Vec<_> = (0..6)
        .map(|number| admit(&registry, &format!("203.0.113.{number}")).unwrap())
        .collect();
    // The first is being worked for, the second was served since.
    let _work = begin(&places[0].connection);
    registry.clock.advance();
    drop(begin(&places[1].connection));
    let _next = admit(&registry, "203.0.113.9").unwrap();
    let ending: Vec<_> = places.iter().map(is_ending).collect();
    assert_eq!(ending, [true, false, true, false, false, false]);
    assert_eq!(places[0].connection.verdict(false), None);
}

#[test]
fn a_client_that_sends_or_takes_nothing_gives_way_before_somebody_is_turned_away() {
    let registry = registry("");
    let places: Vec<_> = (0..6)
        .map(|number| admit(&registry, &format!("203.0.113.{number}")).unwrap())
        .collect();
    let mut work: Vec<_> = places
        .iter()
        .map(|place| begin(&place.connection))
        .collect();
    assert!(admit(&registry, "203.0.113.9").is_none(), "all are at work");
    // One waits for a body, one for its answer to be taken.
    places[3].connection.pause();
    work[4].answered(10);
    let _first = admit(&registry, "203.0.113.9").unwrap();
    let _second = admit(&registry, "203.0.113.9").unwrap();
    assert!(is_ending(&places[3]) && is_ending(&places[4]));
}

#[test]
fn this_machine_finds_a_place_past_the_limit() {
    let registry = registry("");
    let places: Vec<_> = (0..6)
        .map(|number| admit(&registry, &format!("203.0.113.{number}")).unwrap())
        .collect();
    let _work: Vec<_> = places
        .iter()
        .map(|place| begin(&place.connection))
        .collect();
    assert!(admit(&registry, "203.0.113.9").is_none());
    assert!(admit(&registry, "127.0.0.1").is_some());
}

#[test]
fn a_place_is_free_again_when_its_connection_ends() {
    let registry = registry("");
    for _ in 0..20 {
        let places: Vec<_> = (0..3)
            .map(|_| admit(&registry, "203.0.113.1").unwrap())
            .collect();
        assert!(places.iter().all(|place| !is_ending(place)));
    }
}

#[test]
fn a_first_byte_has_a_time_and_a_head_has_a_time() {
    let registry = registry("");
    let silent = admit(&registry, "203.0.113.1").unwrap();
    pass(&registry, 9);
    assert_eq!(verdict(&silent), None);
    pass(&registry, 2);
    assert_eq!(verdict(&silent), Some(Order::GiveWay));

    let slow = admit(&registry, "203.0.113.1").unwrap();
    begin(&slow.connection).answered(0);
    assert!(slow.connection.read(), "a head begins");
    for _ in 0..11 {
        pass(&registry, 1);
        assert!(!slow.connection.read(), "the same head goes on");
    }
    assert_eq!(verdict(&slow), Some(Order::Stop));
}

#[test]
fn an_idle_connection_is_asked_to_end_and_then_ended() {
    let registry = registry("");
    let idle = admit(&registry, "203.0.113.1").unwrap();
    begin(&idle.connection).answered(0);
    pass(&registry, 74);
    assert_eq!(verdict(&idle), None);
    pass(&registry, 2);
    assert_eq!(verdict(&idle), Some(Order::Finish));
    idle.connection.tell(Order::Finish, "a test says so");
    pass(&registry, 6);
    assert_eq!(verdict(&idle), Some(Order::GiveWay));
}

#[test]
fn work_of_ours_has_no_time_here() {
    let registry = registry("");
    let busy = admit(&registry, "203.0.113.1").unwrap();
    let _work = begin(&busy.connection);
    pass(&registry, 600);
    assert_eq!(verdict(&busy), None);
}

#[test]
fn who_takes_nothing_or_too_slowly_is_ended() {
    let registry = registry("");
    let blocked = admit(&registry, "203.0.113.1").unwrap();
    begin(&blocked.connection).answered(0);
    blocked.connection.block();
    pass(&registry, 11);
    assert_eq!(verdict(&blocked), Some(Order::Stop));

    let slow = admit(&registry, "203.0.113.2").unwrap();
    begin(&slow.connection).answered(0);
    for _ in 0..12 {
        slow.connection.block();
        pass(&registry, 5);
        assert_eq!(verdict(&slow), None);
        slow.connection.unblock();
    }
    pass(&registry, 1);
    assert_eq!(verdict(&slow), Some(Order::Stop));
    slow.connection.flushed();
    assert_eq!(verdict(&slow), None);
}

#[test]
fn an_answer_that_waits_for_a_window_is_ended_whatever_else_goes_on() {
    let registry = registry("");
    let place = admit(&registry, "203.0.113.1").unwrap();
    let connection = &place.connection;
    connection.speak_http2();
    let mut stalled = begin(connection);
    stalled.answered(1000);
    let mut age = 0;
    while verdict(&place).is_none() {
        // The others on the same connection are quick.
        begin(connection).answered(0);
        pass(&registry, 1);
        age += 1;
        assert!(age <= 31, "an answer waits for ever");
    }
    assert!(age >= 15, "ended after {age} s already");
    drop(stalled);
    assert_eq!(verdict(&place), None);
}

#[test]
fn who_takes_back_what_they_ask_for_is_ended() {
    let registry = registry("");
    let place = admit(&registry, "203.0.113.1").unwrap();
    for _ in 0..100 {
        begin(&place.connection).answered(0);
    }
    for _ in 0..300 {
        drop(begin(&place.connection));
    }
    assert_eq!(verdict(&place), None);
    drop(begin(&place.connection));
    assert_eq!(verdict(&place), Some(Order::Stop));
}

#[test]
fn what_requests_and_answers_hold_is_bounded_and_given_back() {
    const MIB: usize = 1024 * 1024;
    let registry = registry("");
    let place = admit(&registry, "203.0.113.1").unwrap();
    let other = admit(&registry, "203.0.113.2").unwrap();
    let ask = |place: &Place, bytes| Exchange::begin(place.connection.clone(), bytes);
    for _ in 0..3 {
        let (mut first, has_memory) = ask(&place, 10 * MIB);
        assert!(has_memory);
        assert!(!ask(&place, 10 * MIB).1, "of one address");
        assert!(ask(&other, 10 * MIB).1);
        assert!(first.answered(MIB), "the request is given back");
        assert!(ask(&place, 10 * MIB).1);
        let (mut second, _) = ask(&place, 1);
        assert!(!second.answered(16 * MIB), "too large an answer");
        drop(second);
        drop(first);
        // On HTTP/1.1 the answer is in the connection's buffer until it is written.
        assert!(!ask(&place, 16 * MIB - 1).1);
        place.connection.flushed();
    }
    assert!(ask(&place, 16 * MIB).1);
}

#[tokio::test]
async fn a_client_that_takes_nothing_gets_nothing_further() {
    let registry = registry("");
    let place = admit(&registry, "203.0.113.1").unwrap();
    let connection = place.connection.clone();
    connection.until_room().await;
    connection.block();
    let waiting = tokio::spawn({
        let connection = connection.clone();
        async move { connection.until_room().await }
    });
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    connection.unblock();
    waiting.await.unwrap();

    connection.speak_http2();
    let mut large = begin(&connection);
    large.answered(600 * 1024);
    let waiting = tokio::spawn({
        let connection = connection.clone();
        async move { connection.until_room().await }
    });
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    drop(large);
    waiting.await.unwrap();
}

#[tokio::test]
async fn going_down_ends_when_the_last_connection_has_ended() {
    let registry = registry("");
    let place = admit(&registry, "203.0.113.1").unwrap();
    registry.go_down();
    assert_eq!(place.connection.told().await, Order::Finish);
    let empty = tokio::spawn({
        let registry = registry.clone();
        async move { registry.until_empty().await }
    });
    tokio::task::yield_now().await;
    assert!(!empty.is_finished());
    drop(place);
    empty.await.unwrap();
}

/// What the client of a connection gets that was told this before anybody looked at its request.
async fn answer_after(order: Order, request: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap())
        .await
        .unwrap();
    let (stream, peer) = listener.accept().await.unwrap();
    client.write_all(request.as_bytes()).await.unwrap();
    let registry = registry("");
    let place = admit(&registry, "203.0.113.1").unwrap();
    place.connection.tell(order, "a test says so");
    let router = Router::new().route("/", axum::routing::get(|| async { "here" }));
    let builder = Arc::new(auto::Builder::new(TokioExecutor::new()));
    tokio::spawn(run(stream, peer.ip(), place, builder, router));
    let mut answer = String::new();
    let _ = client.read_to_string(&mut answer).await;
    answer
}

#[tokio::test]
async fn a_request_that_crossed_the_order_to_give_way_is_answered() {
    let request = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    for order in [Order::GiveWay, Order::Finish] {
        let answer = answer_after(order, request).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{order:?}: {answer}");
        assert!(answer.ends_with("here"), "{order:?}: {answer}");
    }
    assert_eq!(answer_after(Order::GiveWay, "").await, "");
    assert_eq!(answer_after(Order::GiveWay, "GET / HT").await, "");
}
