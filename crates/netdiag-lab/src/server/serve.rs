//! The agents behind servers: plain blocking sockets, a thread for each connection.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::net::sockopt::set_socket_linger;

use super::{Server, Service, Visit, Zone, full};
use crate::agent::control::{Control, Order};

type Log = Arc<Mutex<Vec<Visit>>>;

/// Serves until the test ends.
pub(crate) fn run(server: Server) -> io::Result<()> {
    let log = Log::default();
    let address = SocketAddr::new(server.address, server.port);
    // What has to stay open without a thread of its own.
    let mut queue = None;
    match server.service {
        Service::TcpEcho => tcp(address, &log, echo)?,
        Service::TcpClose => tcp(address, &log, drop)?,
        Service::TcpHold => tcp(address, &log, hold)?,
        Service::TcpReset => tcp(address, &log, reset)?,
        Service::TcpGreet(greeting) => tcp(address, &log, move |stream| greet(stream, &greeting))?,
        Service::TcpFull => queue = Some(full::fill(address)?),
        Service::UdpEcho => udp(address, &log, |datagram| (Some(datagram.to_vec()), String::new()))?,
        Service::Dns(zone) => udp(address, &log, move |query| Zone::serve(&zone, query))?,
    }
    let mut control = Control::ready()?;
    loop {
        match control.order()? {
            Order::End => {
                drop(queue);
                return Ok(());
            }
            Order::Log => Control::answer(&*log.lock().unwrap_or_else(PoisonError::into_inner))?,
        }
    }
}

fn note(log: &Log, from: SocketAddr, question: String) {
    let visit = Visit { from: from.ip().to_canonical(), port: from.port(), question };
    log.lock().unwrap_or_else(PoisonError::into_inner).push(visit);
}

fn tcp(address: SocketAddr, log: &Log, handle: impl Fn(TcpStream) + Send + Sync + 'static) -> io::Result<()> {
    let listener = TcpListener::bind(address)?;
    let log = Arc::clone(log);
    let handle = Arc::new(handle);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            if let Ok(peer) = stream.peer_addr() {
                note(&log, peer, String::new());
            }
            let handle = Arc::clone(&handle);
            thread::spawn(move || handle(stream));
        }
    });
    Ok(())
}

fn echo(mut stream: TcpStream) {
    let mut buffer = [0; 4096];
    while let Ok(len @ 1..) = stream.read(&mut buffer) {
        if stream.write_all(&buffer[..len]).is_err() {
            return;
        }
    }
}

fn greet(mut stream: TcpStream, greeting: &str) {
    // A peer that has gone again hears nothing; that is its affair.
    let _ = stream.write_all(greeting.as_bytes());
    hold(stream);
}

/// Closing with a linger time of zero sends a reset instead of a FIN (`socket(7)`).
fn reset(stream: TcpStream) {
    // Without it the stream closes with a FIN, which the test sees.
    let _ = set_socket_linger(&stream, Some(Duration::ZERO));
    drop(stream);
}

fn hold(mut stream: TcpStream) {
    let mut buffer = [0; 4096];
    while matches!(stream.read(&mut buffer), Ok(1..)) {}
}

/// What to answer, and what to note down.
type Reaction = (Option<Vec<u8>>, String);

fn udp(address: SocketAddr, log: &Log, react: impl Fn(&[u8]) -> Reaction + Send + 'static) -> io::Result<()> {
    let socket = UdpSocket::bind(address)?;
    let log = Arc::clone(log);
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        loop {
            // An error here is one that a peer caused earlier, such as port unreachable.
            let Ok((len, peer)) = socket.recv_from(&mut buffer) else { continue };
            let (answer, question) = react(&buffer[..len]);
            note(&log, peer, question);
            if let Some(answer) = answer {
                // The peer may be gone; that is its affair.
                let _ = socket.send_to(&answer, peer);
            }
        }
    });
    Ok(())
}
