//! Asks the service one question as it stands in JSON, past the command line's own checks, and prints
//! what comes back: `{"Ok": …}` or `{"Err": …}`. For tests of what the service itself refuses.

use lanh_protocol::{Client, ClientError, ClientKind, Failure, Question};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [socket, question] = arguments.as_slice() else {
        eprintln!("usage: lanh-ask SOCKET QUESTION");
        return ExitCode::from(2);
    };
    match ask(Path::new(socket), question) {
        Ok(answer) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("lanh-ask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn ask(socket: &Path, question: &str) -> Result<String, Box<dyn std::error::Error>> {
    let question: Question = serde_json::from_str(question)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let result = runtime.block_on(async {
        let (client, _notices) = Client::connect(socket, ClientKind::Cli).await?;
        match client.ask(question).await {
            Ok(answer) => Ok(Ok(answer)),
            Err(ClientError::Denied(failure)) => Ok::<_, ClientError>(Err::<_, Failure>(failure)),
            Err(error) => Err(error),
        }
    })?;
    Ok(serde_json::to_string(&result)?)
}
