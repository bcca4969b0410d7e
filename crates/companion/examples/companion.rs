//! A bare companion for the tests: `companion SOCKET LOCALE`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let socket = arguments.next().ok_or("which socket?")?.into();
    let words = lanh_words::Words::for_locale(arguments.next().as_deref());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(lanh_companion::run(lanh_companion::Options { socket, words }))?)
}
