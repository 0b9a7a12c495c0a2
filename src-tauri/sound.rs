//! What the desk makes heard: a few tones that are made here, played by a thread of their own.
//!
//! Nobody waits for a sound. Where there is no device, or too much is to be heard at once, it is left out.

mod tones;

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};
use std::{fmt, io, thread};

use phantom_wire::{SoundAnswer, SoundKind, Sounds};
use rodio::buffer::SamplesBuffer;
use rodio::{DeviceSinkBuilder, MixerDeviceSink};
use tokio::sync::oneshot;

/// Sounds that may wait. A person does not follow more than these.
const WAITING_MAX: usize = 8;
/// The same sound is not heard again within this time.
const APART: Duration = Duration::from_millis(250);
/// An open device costs a little all the time: without sounds for so long it is closed.
const QUIET_MAX: Duration = Duration::from_secs(10);

/// A sound to be played.
struct Wanted {
    kind: SoundKind,
    volume: u32,
    answer: Option<oneshot::Sender<SoundAnswer>>,
}

/// The way to the thread that plays.
#[derive(Clone)]
pub(crate) struct Speaker {
    wanted: SyncSender<Wanted>,
}

impl Speaker {
    /// Starts the thread. The device is opened with the first sound.
    pub(crate) fn start() -> Result<Self, io::Error> {
        let (wanted, sounds) = sync_channel(WAITING_MAX);
        thread::Builder::new().name("sound".to_owned()).spawn(move || Player::default().run(&sounds))?;
        Ok(Self { wanted })
    }

    /// Makes a sound heard, where it is switched on. It never waits.
    pub(crate) fn play(&self, kind: SoundKind, sounds: &Sounds) {
        if sounds.volume > 0 && !sounds.off.contains(&kind) {
            // Where too many wait, this one is left out.
            self.wanted.try_send(Wanted { kind, volume: sounds.volume, answer: None }).ok();
        }
    }

    /// Plays a sound to try it, switched on or not: whether a device plays it.
    pub(crate) async fn try_out(&self, kind: SoundKind, volume: u32) -> SoundAnswer {
        let (answer, answered) = oneshot::channel();
        let no = |words: &str| SoundAnswer { played: false, words: words.to_owned() };
        if self.wanted.try_send(Wanted { kind, volume, answer: Some(answer) }).is_err() {
            return no("too many sounds wait already");
        }
        answered.await.unwrap_or_else(|_| no("the sounds have ended"))
    }
}

impl fmt::Debug for Speaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Speaker").finish_non_exhaustive()
    }
}

/// What the thread has.
#[derive(Default)]
struct Player {
    device: Option<MixerDeviceSink>,
    last: Last,
}

/// When each sound was heard last.
#[derive(Default)]
struct Last(Vec<(SoundKind, Instant)>);

impl Last {
    /// Whether the sound may be heard now; it counts as heard then.
    fn allows(&mut self, kind: SoundKind, now: Instant) -> bool {
        self.0.retain(|(_, at)| now.saturating_duration_since(*at) < APART);
        let is_new = self.0.iter().all(|(heard, _)| *heard != kind);
        if is_new {
            self.0.push((kind, now));
        }
        is_new
    }
}

impl Player {
    fn run(mut self, sounds: &Receiver<Wanted>) {
        loop {
            match sounds.recv_timeout(QUIET_MAX) {
                Ok(wanted) => self.take(wanted),
                Err(RecvTimeoutError::Timeout) => {
                    self.device = None;
                    // Nothing is to be closed any more: wait for as long as it takes.
                    let Ok(wanted) = sounds.recv() else { return };
                    self.take(wanted);
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn take(&mut self, wanted: Wanted) {
        let Wanted { kind, volume, answer } = wanted;
        if answer.is_none() && !self.last.allows(kind, Instant::now()) {
            return;
        }
        let played = self.play(kind, volume);
        if let Err(words) = &played {
            tracing::warn!(?kind, words, "a sound could not be played");
        }
        if let Some(answer) = answer {
            let words = played.clone().unwrap_or_else(|words| words);
            // Whoever tried it may be gone.
            answer.send(SoundAnswer { played: played.is_ok(), words }).ok();
        }
    }

    fn play(&mut self, kind: SoundKind, volume: u32) -> Result<String, String> {
        let device = match self.device.take() {
            Some(device) => device,
            None => open()?,
        };
        let rate = device.config().sample_rate();
        let samples = tones::samples(kind, volume, rate.get());
        device.mixer().add(SamplesBuffer::new(NonZero::<u16>::MIN, rate, samples));
        self.device = Some(device);
        Ok("played".to_owned())
    }
}

fn open() -> Result<MixerDeviceSink, String> {
    if !may_have_a_device() {
        return Err("this computer has no sound device to play on".to_owned());
    }
    let opened = DeviceSinkBuilder::open_default_sink();
    let mut device =
        opened.map_err(|fault| format!("this computer has no sound device to play on: {fault}"))?;
    device.log_on_drop(false);
    Ok(device)
}

/// Whether asking for a device can succeed. On Linux the system's library complains at length on the error
/// output where there is neither a card nor a sound server: then it is not asked.
fn may_have_a_device() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    let is_set = |name: &str| std::env::var_os(name).is_some();
    let server = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).is_some_and(|folder| {
        ["pulse/native", "pipewire-0"].iter().any(|socket| folder.join(socket).exists())
    });
    Path::new("/dev/snd").exists() || server || is_set("PULSE_SERVER") || is_set("PIPEWIRE_REMOTE")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_of_fills_is_one_sound_and_another_sound_is_not_kept_back() {
        let mut last = Last::default();
        let began = Instant::now();
        let at = |millis| began + Duration::from_millis(millis);
        assert!(last.allows(SoundKind::Fill, began));
        assert!(!last.allows(SoundKind::Fill, at(249)));
        assert!(last.allows(SoundKind::Stop, at(249)));
        assert!(last.allows(SoundKind::Fill, at(250)));
    }

    #[tokio::test]
    async fn a_try_is_answered_with_and_without_a_device_and_playing_never_waits() {
        let speaker = Speaker::start().unwrap();
        for _ in 0..1_000 {
            speaker.play(SoundKind::Fill, &Sounds { volume: 1, off: vec![SoundKind::Fill] });
            speaker.play(SoundKind::Fill, &Sounds { volume: 0, off: Vec::new() });
        }
        let answer = speaker.try_out(SoundKind::Fill, 0).await;
        assert!(!answer.words.is_empty());
    }
}
