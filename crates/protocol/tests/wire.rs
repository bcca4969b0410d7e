//! Both halves on real sockets, and peers that misbehave.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use lanh_protocol::{
    Answer, BindError, Client, ClientError, ClientKind, Failure, FailureCode, FromService, HELLO_DEADLINE,
    Listener, MAX_FRAME, Mode, Notice, PROTOCOL_VERSION, Question, Role, WireError,
};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

struct Place {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lanh/lanhd.sock");
    Place { _folder: folder, path }
}

fn frame(body: &[u8]) -> Vec<u8> {
    let mut frame = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    frame.extend_from_slice(body);
    frame
}

fn hello() -> Vec<u8> {
    frame(format!(r#"{{"version":{PROTOCOL_VERSION},"client":"cli"}}"#).as_bytes())
}

/// A client by hand: sends the bytes, and gives the socket to keep it open.
async fn raw(path: &Path, bytes: &[u8]) -> UnixStream {
    let mut stream = UnixStream::connect(path).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

/// What the server's half makes of a client that sends these bytes and then stays.
async fn heard(bytes: &[u8]) -> Result<Option<lanh_protocol::FromClient>, WireError> {
    let place = place();
    let listener = Listener::bind(&place.path, Mode::System).unwrap();
    let mut client = UnixStream::connect(&place.path).await.unwrap();
    let bytes = bytes.to_vec();
    // A task of its own: a long frame goes through only while it is read.
    let sending = tokio::spawn(async move {
        // The reader may refuse it before its end.
        let _ = client.write_all(&bytes).await;
        client
    });
    let (connection, _) = listener.accept().await.unwrap();
    let (_, mut reader, writer) = connection.welcome(Role::Nobody).await?;
    let heard = reader.next().await;
    drop((reader, writer));
    drop(sending.await.unwrap());
    heard
}

/// A service that answers every question with `answer`, in a task of each connection.
fn serve(listener: Listener, answer: fn(Question) -> Option<Result<Answer, Failure>>) {
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (_, mut reader, mut writer) = connection.welcome(Role::Guardian).await.unwrap();
                while let Ok(Some(asked)) = reader.next().await {
                    if asked.question == Question::Watch {
                        for child in 0..3 {
                            let notice = Notice::Changed { child };
                            writer.send(&FromService::Notice { notice }).await.unwrap();
                        }
                    }
                    match answer(asked.question) {
                        Some(result) => {
                            writer.send(&FromService::Answer { id: asked.id, result }).await.unwrap();
                        }
                        None => return,
                    }
                }
            });
        }
    });
}

#[tokio::test]
async fn the_peer_is_who_the_kernel_says() {
    let place = place();
    let listener = Listener::bind(&place.path, Mode::System).unwrap();
    let _client = raw(&place.path, b"").await;
    let (_, peer) = listener.accept().await.unwrap();
    assert_eq!(peer.uid, nix::unistd::geteuid().as_raw());
    assert_eq!(peer.pid, Some(std::process::id()));
}

#[tokio::test]
async fn modes_are_as_meant_and_the_socket_goes_with_its_listener() {
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for (kind, folder, socket) in [(Mode::System, 0o755, 0o666), (Mode::User, 0o700, 0o600)] {
        let place = place();
        let listener = Listener::bind(&place.path, kind).unwrap();
        assert_eq!(mode(&place.path), socket);
        assert_eq!(mode(place.path.parent().unwrap()), folder);
        assert!(matches!(Listener::bind(&place.path, kind), Err(BindError::AlreadyRunning(_))));
        drop(listener);
        assert!(!place.path.exists());
        Listener::bind(&place.path, kind).unwrap();
    }
}

#[tokio::test]
async fn a_dead_socket_is_replaced_and_nothing_else_is() {
    let place = place();
    let folder = place.path.parent().unwrap();
    std::fs::create_dir(folder).unwrap();
    // A socket whose process died without removing it.
    drop(std::os::unix::net::UnixListener::bind(&place.path).unwrap());
    drop(Listener::bind(&place.path, Mode::System).unwrap());
    // A live one of another program.
    let live = std::os::unix::net::UnixListener::bind(&place.path).unwrap();
    assert!(matches!(Listener::bind(&place.path, Mode::System), Err(BindError::AlreadyRunning(_))));
    drop(live);
    std::fs::remove_file(&place.path).unwrap();
    // A file.
    std::fs::write(&place.path, "precious").unwrap();
    assert!(matches!(Listener::bind(&place.path, Mode::System), Err(BindError::NotASocket(_))));
    assert_eq!(std::fs::read_to_string(&place.path).unwrap(), "precious");
    // A folder that others may write to.
    std::fs::remove_file(&place.path).unwrap();
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o777)).unwrap();
    assert!(matches!(Listener::bind(&place.path, Mode::System), Err(BindError::UnsafeFolder(_))));
}

#[tokio::test]
async fn many_clients_each_get_their_own_answers() {
    let place = place();
    serve(Listener::bind(&place.path, Mode::System).unwrap(), |question| match question {
        Question::RevokeGrant { grant } => Some(Ok(Answer::RecoveryCode(grant.to_string()))),
        _ => Some(Ok(Answer::Done)),
    });
    let mut asked = tokio::task::JoinSet::new();
    for number in 0..100_u64 {
        let path = place.path.clone();
        asked.spawn(async move {
            let (client, _) = Client::connect(&path, ClientKind::Cli).await.unwrap();
            let ask = |grant| client.ask(Question::RevokeGrant { grant });
            let (first, second) = tokio::join!(ask(number), ask(number + 1000));
            assert_eq!(first.unwrap(), Answer::RecoveryCode(number.to_string()));
            assert_eq!(second.unwrap(), Answer::RecoveryCode((number + 1000).to_string()));
        });
    }
    while let Some(done) = asked.join_next().await {
        done.unwrap();
    }
}

#[tokio::test]
async fn notices_and_refusals_reach_the_client_apart() {
    let place = place();
    serve(Listener::bind(&place.path, Mode::System).unwrap(), |question| match question {
        Question::Watch => Some(Ok(Answer::Done)),
        Question::Info => None,
        _ => Some(Err(Failure {
            code: FailureCode::NeedsGuardian,
            message: "no".into(),
            detail: None,
            retry_after: None,
        })),
    });
    let (client, mut notices) = Client::connect(&place.path, ClientKind::App).await.unwrap();
    assert_eq!(*client.role(), Role::Guardian);
    assert_eq!(client.ask(Question::Watch).await.unwrap(), Answer::Done);
    for child in 0..3 {
        assert_eq!(notices.next().await, Some(Notice::Changed { child }));
    }
    let denied = client.ask(Question::Children).await.unwrap_err();
    assert!(matches!(denied, ClientError::Denied(Failure { code: FailureCode::NeedsGuardian, .. })));
    // The service hangs up: who asked learns it, and so does who listens, and who asks later.
    assert!(matches!(client.ask(Question::Info).await, Err(ClientError::Closed)));
    assert_eq!(notices.next().await, None);
    assert!(client.ask(Question::Info).await.is_err());
}

#[tokio::test]
async fn a_service_that_is_not_there_is_told_apart() {
    let place = place();
    let error = Client::connect(&place.path, ClientKind::Cli).await.unwrap_err();
    assert!(matches!(error, ClientError::NotRunning(_)), "{error}");
    std::fs::create_dir(place.path.parent().unwrap()).unwrap();
    drop(std::os::unix::net::UnixListener::bind(&place.path).unwrap());
    let error = Client::connect(&place.path, ClientKind::Cli).await.unwrap_err();
    assert!(matches!(error, ClientError::NotRunning(_)), "{error}");
}

#[tokio::test]
async fn a_root_socket_in_a_folder_that_others_write_to_is_not_trusted() {
    if !nix::unistd::geteuid().is_root() {
        // The check is about root's services only.
        return;
    }
    let place = place();
    let _listener = Listener::bind(&place.path, Mode::System).unwrap();
    let folder = place.path.parent().unwrap();
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o777)).unwrap();
    let error = Client::connect(&place.path, ClientKind::Cli).await.unwrap_err();
    assert!(matches!(error, ClientError::Stranger { .. }), "{error}");
}

#[tokio::test]
async fn another_version_is_told_ours_and_parts() {
    let place = place();
    let listener = Listener::bind(&place.path, Mode::System).unwrap();
    let mut client = raw(&place.path, &frame(br#"{"version":99,"something":["new"]}"#)).await;
    let (connection, _) = listener.accept().await.unwrap();
    let error = connection.welcome(Role::Guardian).await.unwrap_err();
    assert!(matches!(error, WireError::Version(99)), "{error}");
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).await.unwrap();
    assert_eq!(
        answer,
        frame(format!(r#"{{"version":{PROTOCOL_VERSION},"role":{{"role":"nobody"}}}}"#).as_bytes())
    );
}

#[tokio::test]
async fn a_client_tells_its_user_of_another_version() {
    let place = place();
    std::fs::create_dir(place.path.parent().unwrap()).unwrap();
    let listener = tokio::net::UnixListener::bind(&place.path).unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(&frame(br#"{"version":7,"else":1}"#)).await.unwrap();
        // Stays open until the client hangs up.
        let _ = stream.read_to_end(&mut Vec::new()).await;
    });
    let error = Client::connect(&place.path, ClientKind::Cli).await.unwrap_err();
    assert!(matches!(error, ClientError::Version(7)), "{error}");
}

#[tokio::test]
async fn frames_that_are_too_long_or_no_message_are_refused() {
    let too_long = u32::try_from(MAX_FRAME + 1).unwrap().to_be_bytes();
    assert!(matches!(heard(&too_long).await, Err(WireError::TooLong)));
    assert!(matches!(heard(&[hello().as_slice(), &[0xff; 4]].concat()).await, Err(WireError::TooLong)));
    for body in
        [&b"not json"[..], b"", b"{}", b"null", b"\xff\xfe", br#"{"id":1,"question":{"ask":"everything"}}"#]
    {
        let bytes = [hello(), frame(body)].concat();
        assert!(matches!(heard(&bytes).await, Err(WireError::Malformed(_))), "{body:?}");
    }
    let deep = [b"[".repeat(100_000), b"]".repeat(100_000)].concat();
    assert!(matches!(heard(&[hello(), frame(&deep)].concat()).await, Err(WireError::Malformed(_))));
    let most = [hello(), frame(&b" ".repeat(MAX_FRAME))].concat();
    assert!(matches!(heard(&most).await, Err(WireError::Malformed(_))));
}

#[tokio::test]
async fn a_frame_that_arrives_byte_by_byte_is_whole() {
    let place = place();
    let listener = Listener::bind(&place.path, Mode::System).unwrap();
    let mut client = UnixStream::connect(&place.path).await.unwrap();
    let (connection, _) = listener.accept().await.unwrap();
    let sending = tokio::spawn(async move {
        let questions = frame(br#"{"id":5,"question":{"ask":"info"}}"#).repeat(2);
        for byte in [hello(), questions].concat() {
            client.write_all(&[byte]).await.unwrap();
            tokio::task::yield_now().await;
        }
        client
    });
    let (_, mut reader, _writer) = connection.welcome(Role::Nobody).await.unwrap();
    for _ in 0..2 {
        assert_eq!(reader.next().await.unwrap().unwrap().question, Question::Info);
    }
    drop(sending.await.unwrap());
    assert!(reader.next().await.unwrap().is_none());
}

#[tokio::test]
async fn hanging_up_inside_a_frame_is_no_clean_end() {
    let place = place();
    let listener = Listener::bind(&place.path, Mode::System).unwrap();
    let client = raw(&place.path, &[hello().as_slice(), &[0, 0, 0, 9, b'{']].concat()).await;
    drop(client);
    let (connection, _) = listener.accept().await.unwrap();
    // The welcome itself may already meet the closed socket.
    if let Ok((_, mut reader, _writer)) = connection.welcome(Role::Nobody).await {
        assert!(matches!(reader.next().await, Err(WireError::Closed | WireError::Io(_))));
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_slow_is_let_go() {
    // Time is paused: it leaps to the next deadline whenever nothing else happens.
    assert!(matches!(heard(b"").await, Err(WireError::Slow(HELLO_DEADLINE))));
    let half = hello();
    assert!(matches!(heard(half.get(..9).unwrap()).await, Err(WireError::Slow(_))));
    assert!(matches!(
        heard(&[hello().as_slice(), &[0, 0, 0, 9, b'{']].concat()).await,
        Err(WireError::Slow(_))
    ));
    assert!(matches!(heard(&[hello().as_slice(), &[0, 0]].concat()).await, Err(WireError::Slow(_))));
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_never_reads_does_not_hold_the_writer() {
    let place = place();
    let listener = Listener::bind(&place.path, Mode::System).unwrap();
    let _client = raw(&place.path, &hello()).await;
    let (connection, _) = listener.accept().await.unwrap();
    let (_, _reader, mut writer) = connection.welcome(Role::Nobody).await.unwrap();
    let answer = FromService::Answer { id: 1, result: Ok(Answer::RecoveryCode("x".repeat(200_000))) };
    let error = loop {
        if let Err(error) = writer.send(&answer).await {
            break error;
        }
    };
    assert!(matches!(error, WireError::Slow(_)), "{error}");
    assert!(
        matches!(writer.send(&answer).await, Err(WireError::Closed)),
        "a torn frame is not gone on after"
    );
}

#[tokio::test]
async fn an_answer_that_is_too_long_sends_nothing_and_breaks_nothing() {
    let place = place();
    serve(Listener::bind(&place.path, Mode::System).unwrap(), |_| Some(Ok(Answer::Done)));
    let (client, _) = Client::connect(&place.path, ClientKind::Cli).await.unwrap();
    let long = client.ask(Question::Unlock { secret: "x".repeat(MAX_FRAME) }).await.unwrap_err();
    assert!(matches!(long, ClientError::Wire(WireError::TooLong)), "{long}");
    assert_eq!(client.ask(Question::Info).await.unwrap(), Answer::Done);
}

#[tokio::test]
async fn a_thousand_random_frames_do_no_harm() {
    use proptest::prelude::*;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let place = place();
    let listener = Listener::bind(&place.path, Mode::System).unwrap();
    let mut runner = TestRunner::deterministic();
    let bytes = proptest::collection::vec(any::<u8>(), 0..200);
    let words = r#"[{"\[\],:a-z0-9\\u]{0,80}"#;
    let mut refused = 0;
    for round in 0..1000 {
        let body: Vec<u8> = if round % 2 == 0 {
            bytes.new_tree(&mut runner).unwrap().current()
        } else {
            words.new_tree(&mut runner).unwrap().current().into_bytes()
        };
        // Half of them before the hello, half after; every third without a true length.
        let sent = if round % 3 == 0 { body } else { frame(&body) };
        let sent = if round % 4 < 2 { [hello(), sent].concat() } else { sent };
        drop(raw(&place.path, &sent).await);
        let (connection, _) = listener.accept().await.unwrap();
        match connection.welcome(Role::Nobody).await {
            Ok((_, mut reader, _)) => while let Ok(Some(_)) = reader.next().await {},
            Err(_) => refused += 1,
        }
    }
    assert!(refused >= 500);
    // And the next honest client is served.
    serve(listener, |_| Some(Ok(Answer::Done)));
    let (client, _) = Client::connect(&place.path, ClientKind::Cli).await.unwrap();
    assert_eq!(client.ask(Question::Info).await.unwrap(), Answer::Done);
}
