//! What a peer sends, as the service and as a client read it.

use crate::frame::FrameReader;
use crate::{FromClient, FromService, Hello, Welcome};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

/// Reads the bytes as each kind of frame, to their end or the first error. What was understood survives
/// another trip over the wire.
///
/// # Panics
/// When it does not.
pub fn codec(bytes: &[u8]) {
    read::<Hello>(bytes);
    read::<Welcome>(bytes);
    read::<FromClient>(bytes);
    read::<FromService>(bytes);
}

fn read<T: DeserializeOwned + Serialize + PartialEq + Debug>(bytes: &[u8]) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_time().build() else { return };
    runtime.block_on(async {
        let mut reader = FrameReader::new(bytes);
        while let Ok(Some(message)) = reader.next::<T>().await {
            let again = serde_json::to_vec(&message).map(|text| serde_json::from_slice::<T>(&text));
            assert!(
                again.is_ok_and(|read| read.is_ok_and(|read| read == message)),
                "a message does not survive the wire: {message:?}"
            );
        }
    });
}
