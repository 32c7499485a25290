//! Against servers of the test's own on loopback.

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::{Name, RecordType};
use tokio::net::UdpSocket;

use super::*;
use crate::frozen::Frozen;

/// What a server of a test does with a question.
#[derive(Clone, Copy)]
enum Habit {
    Says(ResponseCode),
    SaysAfterNoise(ResponseCode),
    LeavesTheQuestionOut(ResponseCode),
    Mumbles,
    Sleeps,
}

/// Starts a server and gives its address. It lives as long as the runtime, and thaws time after two questions.
async fn server(habit: Habit, mut frozen: Option<Frozen>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("socket");
    let address = socket.local_addr().expect("address");
    tokio::spawn(async move {
        let mut buffer = [0; 512];
        for seen in 1.. {
            let (len, from) = socket.recv_from(&mut buffer).await.expect("question");
            for answer in answers(habit, &buffer[..len]) {
                socket.send_to(&answer, from).await.expect("send");
            }
            if seen == 2 {
                frozen.take();
            }
        }
    });
    address
}

fn answers(habit: Habit, bytes: &[u8]) -> Vec<Vec<u8>> {
    let asked = Message::from_vec(bytes).expect("a message");
    assert!(asked.metadata.recursion_desired);
    let saying = |code| {
        let mut answer = asked.clone().into_response();
        answer.metadata.response_code = code;
        answer
    };
    let bytes = |message: Message| message.to_vec().expect("bytes");
    match habit {
        Habit::Says(code) => vec![bytes(saying(code))],
        Habit::SaysAfterNoise(code) => {
            let mut other = saying(ResponseCode::Refused);
            other.queries = vec![Query::query(Name::from_ascii("other.test.").expect("name"), RecordType::A)];
            let mut guessed = saying(ResponseCode::Refused);
            guessed.metadata.id = guessed.metadata.id.wrapping_add(0x55aa);
            vec![vec![], vec![7], bytes(asked.clone()), bytes(other), bytes(guessed), bytes(saying(code))]
        }
        Habit::LeavesTheQuestionOut(code) => {
            let mut answer = saying(code);
            answer.queries.clear();
            vec![bytes(answer)]
        }
        Habit::Mumbles => vec![[&bytes(saying(ResponseCode::NoError))[..2], b"\xff\xff\xff"].concat()],
        Habit::Sleeps => vec![],
    }
}

fn queries() -> Vec<Query> {
    let name = Name::from_ascii("nosuch.test.").expect("name");
    vec![Query::query(name.clone(), RecordType::A), Query::query(name, RecordType::AAAA)]
}

/// Long enough that only a server that says nothing meets it.
const LONG: Patience = Patience { limit: Duration::from_secs(60), grace: None };

async fn outcomes(habit: Habit, patience: Patience) -> Vec<Outcome> {
    ask_all(&[server(habit, None).await], &queries(), patience).await.remove(0).1
}

#[tokio::test]
async fn what_a_server_says_is_told() {
    for code in [ResponseCode::NXDomain, ResponseCode::ServFail, ResponseCode::Refused] {
        let told = vec![Outcome::Code(code); 2];
        assert_eq!(outcomes(Habit::Says(code), LONG).await, told);
        assert_eq!(outcomes(Habit::LeavesTheQuestionOut(code), LONG).await, told);
    }
    assert_eq!(outcomes(Habit::Says(ResponseCode::NoError), LONG).await, [Outcome::NoData, Outcome::NoData]);
    assert_eq!(outcomes(Habit::Mumbles, LONG).await, [Outcome::Garbled, Outcome::Garbled]);
}

#[tokio::test]
async fn what_answers_another_question_is_not_listened_to() {
    let told = outcomes(Habit::SaysAfterNoise(ResponseCode::NXDomain), LONG).await;
    assert_eq!(told, vec![Outcome::Code(ResponseCode::NXDomain); 2]);
}

#[tokio::test(start_paused = true)]
async fn silence_is_told_with_the_time_it_was_given() {
    let patience = Patience { limit: Duration::from_secs(2), grace: Some(Duration::from_millis(300)) };
    let begun = tokio::time::Instant::now();
    assert_eq!(outcomes(Habit::Sleeps, patience).await, vec![Outcome::Silent(patience.limit); 2]);
    assert_eq!(begun.elapsed().as_secs(), 2);
}

#[tokio::test]
async fn a_closed_port_is_told_at_once() {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("socket");
    let address = socket.local_addr().expect("address");
    drop(socket);
    let told = ask_all(&[address], &queries(), LONG).await;
    assert_eq!(told, [(address, vec![Outcome::Unreachable(Errno::ECONNREFUSED); 2])]);
}

#[tokio::test]
async fn an_answer_ends_the_wait_for_the_others_where_there_is_a_grace() {
    let silent = server(Habit::Sleeps, None).await;
    let quick = server(Habit::Says(ResponseCode::NXDomain), None).await;
    let patience = Patience { grace: Some(Duration::from_millis(20)), ..LONG };
    let told = ask_all(&[silent, quick], &queries(), patience).await;
    let none = Outcome::Code(ResponseCode::NXDomain);
    assert_eq!(told, [(silent, vec![Outcome::Slow; 2]), (quick, vec![none; 2])]);
}

#[tokio::test(start_paused = true)]
async fn without_a_grace_every_server_has_its_time() {
    let silent = server(Habit::Sleeps, None).await;
    let quick = server(Habit::Says(ResponseCode::ServFail), Some(Frozen::new())).await;
    let patience = Patience { limit: Duration::from_secs(1), grace: None };
    let told = ask_all(&[silent, quick], &queries(), patience).await;
    assert_eq!(told[0], (silent, vec![Outcome::Silent(patience.limit); 2]));
    assert_eq!(told[1], (quick, vec![Outcome::Code(ResponseCode::ServFail); 2]));
}
