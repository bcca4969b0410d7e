//! Frames: a length (u32, big endian) and so many bytes of JSON.

use crate::error::WireError;
use bytes::{Bytes, BytesMut};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::Instant;
use tokio_util::codec::{Decoder, LengthDelimitedCodec};

/// The longest frame, in bytes of JSON: 256 KiB.
pub const MAX_FRAME: usize = 256 * 1024;

/// How long a peer may take to say its first frame.
pub const HELLO_DEADLINE: Duration = Duration::from_secs(2);

/// How long a frame may take from its first byte to its last.
pub const FRAME_DEADLINE: Duration = Duration::from_secs(5);

/// How long a peer may take to accept a frame.
pub const WRITE_DEADLINE: Duration = Duration::from_secs(5);

/// Reads frames.
#[derive(Debug)]
pub(crate) struct FrameReader<R> {
    stream: R,
    codec: LengthDelimitedCodec,
    buffer: BytesMut,
    /// When the frame that is incomplete began.
    began: Option<Instant>,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    pub(crate) fn new(stream: R) -> Self {
        let codec = LengthDelimitedCodec::builder().max_frame_length(MAX_FRAME).new_codec();
        Self { stream, codec, buffer: BytesMut::new(), began: None }
    }

    /// The next message; `None` when the peer closed between two frames. Waits without end for a frame
    /// to begin, and [`FRAME_DEADLINE`] for it to end. Nothing is lost when the future is dropped.
    pub(crate) async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, WireError> {
        match self.next_bytes().await? {
            Some(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            None => Ok(None),
        }
    }

    async fn next_bytes(&mut self) -> Result<Option<Bytes>, WireError> {
        loop {
            if !self.buffer.is_empty() && self.began.is_none() {
                self.began = Some(Instant::now());
            }
            // The codec's only error is a frame over the cap.
            if let Some(frame) = self.codec.decode(&mut self.buffer).map_err(|_| WireError::TooLong)? {
                self.began = None;
                return Ok(Some(frame.freeze()));
            }
            let read = self.stream.read_buf(&mut self.buffer);
            let read = match self.began {
                None => read.await,
                Some(began) => tokio::time::timeout_at(began + FRAME_DEADLINE, read)
                    .await
                    .map_err(|_| WireError::Slow(FRAME_DEADLINE))?,
            };
            let count = match read {
                // A peer that goes with something unread of ours resets the connection; it is gone all the same.
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => 0,
                read => read?,
            };
            if count == 0 {
                return if self.began.is_none() { Ok(None) } else { Err(WireError::Closed) };
            }
        }
    }
}

/// Writes frames.
#[derive(Debug)]
pub(crate) struct FrameWriter<W> {
    stream: W,
    /// A frame was begun and not finished: whatever followed it would be read as its rest.
    torn: bool,
}

impl<W: AsyncWrite + Unpin> FrameWriter<W> {
    pub(crate) fn new(stream: W) -> Self {
        Self { stream, torn: false }
    }

    /// Writes one message within [`WRITE_DEADLINE`]. A message over the cap is an error and sends nothing.
    pub(crate) async fn send<T: Serialize + Sync>(&mut self, message: &T) -> Result<(), WireError> {
        if self.torn {
            return Err(WireError::Closed);
        }
        let frame = encode(message)?;
        self.torn = true;
        let write = async {
            self.stream.write_all(&frame).await?;
            self.stream.flush().await
        };
        tokio::time::timeout(WRITE_DEADLINE, write).await.map_err(|_| WireError::Slow(WRITE_DEADLINE))??;
        self.torn = false;
        Ok(())
    }
}

fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, WireError> {
    let body = serde_json::to_vec(message)?;
    let length = u32::try_from(body.len()).map_err(|_| WireError::TooLong)?;
    if body.len() > MAX_FRAME {
        return Err(WireError::TooLong);
    }
    let mut frame = Vec::with_capacity(body.len() + 4);
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(&body);
    Ok(frame)
}

/// As many of the views, from the first, as fit into one answer: for lists that may be longer than a frame.
pub fn fitting<View: Serialize>(views: Vec<View>) -> Vec<View> {
    // What is around them in the frame takes some hundred bytes.
    let mut room = MAX_FRAME - 4096;
    let mut kept = Vec::new();
    for view in views {
        let size = serde_json::to_vec(&view).map_or(usize::MAX, |text| text.len().saturating_add(1));
        let Some(rest) = room.checked_sub(size) else { break };
        room = rest;
        kept.push(view);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_views_as_fit_from_the_first() {
        let long = |number: usize| format!("{number:>60000}");
        assert_eq!(fitting((0..200).map(long).collect()), [long(0), long(1), long(2), long(3)]);
        assert_eq!(fitting(vec![1, 2, 3]), [1, 2, 3]);
        assert!(fitting(vec!["x".repeat(MAX_FRAME)]).is_empty());
    }
    use crate::FromClient;

    /// SplitMix64: seeded, and the same on every machine.
    fn dice(state: &mut u64) -> u64 {
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Bytes, or pieces of what questions are made of, in a random order.
    fn noise(state: &mut u64) -> Vec<u8> {
        const PIECES: [&str; 12] = [
            "{",
            "}",
            "[",
            "]",
            "\"id\":",
            "1",
            "\"question\":",
            "\"ask\":",
            "\"status\"",
            ",",
            "\"child\":",
            "null",
        ];
        let length = dice(state) % 24;
        if dice(state).is_multiple_of(2) {
            return (0..length).map(|_| dice(state).to_le_bytes()[0]).collect();
        }
        (0..length)
            .filter_map(|_| PIECES.get(usize::try_from(dice(state) % 12).ok()?))
            .flat_map(|piece| piece.bytes())
            .collect()
    }

    #[tokio::test]
    async fn of_a_million_frames_of_noise_each_is_refused_and_the_next_is_read() {
        let mut state = 20_261_124;
        let mut refused = 0;
        for _ in 0..100 {
            let mut stream = Vec::new();
            for _ in 0..10_000 {
                let body = noise(&mut state);
                stream.extend_from_slice(&u32::try_from(body.len()).unwrap().to_be_bytes());
                stream.extend_from_slice(&body);
            }
            let question = br#"{"id":7,"question":{"ask":"status","child":null}}"#;
            stream.extend_from_slice(&u32::try_from(question.len()).unwrap().to_be_bytes());
            stream.extend_from_slice(question);
            let mut reader = FrameReader::new(stream.as_slice());
            let read = loop {
                match reader.next::<FromClient>().await {
                    Err(WireError::Malformed(_)) => refused += 1,
                    other => break other,
                }
            };
            assert_eq!(read.unwrap().map(|message| message.id), Some(7));
            assert!(reader.buffer.capacity() <= 2 * MAX_FRAME);
        }
        assert_eq!(refused, 1_000_000);
    }
}
