//! The tones of each sound, computed: no file, nobody else's work.
//!
//! What is good rises, what is bad falls or repeats, and what needs a person at once repeats three times.
//! Every sound is told apart by its rhythm alone, by ears that hear no high tones.

#![expect(clippy::float_arithmetic, reason = "sound is made of real numbers; no price and no money is here")]

use phantom_wire::SoundKind;

/// A tone: its height in hertz, 0 for a pause, and how long it lasts in milliseconds.
type Tone = (u16, u16);

/// How long a tone takes to come and to go, so that it does not click, in milliseconds.
const EDGE_MS: u32 = 8;
/// The loudness of one tone at full volume: several may be heard at once.
const LOUDEST: f32 = 0.5;

/// The tones of a sound.
const fn tones(kind: SoundKind) -> &'static [Tone] {
    match kind {
        SoundKind::Fill => &[(880, 70), (1_175, 90)],
        SoundKind::Refusal => &[(294, 60), (0, 50), (294, 160)],
        SoundKind::Stop => &[(784, 90), (587, 90), (440, 140)],
        SoundKind::Unprotected => &[(988, 140), (0, 60), (988, 140), (0, 60), (988, 220)],
        SoundKind::Blind => &[(523, 160), (0, 60), (392, 160), (0, 60), (523, 160), (0, 60), (392, 220)],
        SoundKind::Flat => &[(523, 90), (659, 90), (784, 160)],
        SoundKind::NotFlat => &[(440, 160), (0, 50), (440, 160), (0, 50), (349, 300)],
        SoundKind::Lockout => &[(392, 180), (330, 180), (262, 360)],
    }
}

/// The samples of a sound, at `rate` a second, from -1 to 1. `volume` is from 0 to 100.
pub(super) fn samples(kind: SoundKind, volume: u32, rate: u32) -> Vec<f32> {
    let loudness = LOUDEST * share(volume.min(100), 100);
    let tone = |&(hertz, millis): &Tone| {
        let length = u32::from(millis) * rate / 1_000;
        let edge = (EDGE_MS * rate / 1_000).max(1);
        (0..length).map(move |at| {
            let from_end = at.min(length - 1 - at);
            let swell = share(from_end.min(edge), edge);
            // Whole turns are taken out first: a real number of this size counts them exactly.
            let turned = share(u32::from(hertz).wrapping_mul(at) % rate, rate);
            (turned * std::f32::consts::TAU).sin() * swell * loudness
        })
    };
    tones(kind).iter().flat_map(tone).collect()
}

/// A part of a whole, both far below the numbers that a real number of this size counts exactly.
fn share(part: u32, whole: u32) -> f32 {
    let exact = |number: u32| u16::try_from(number).map_or_else(|_| large(number), f32::from);
    exact(part) / exact(whole)
}

/// A number in two halves.
fn large(number: u32) -> f32 {
    let half = |bits: u32| f32::from(u16::try_from(bits & 0xffff).unwrap_or(0));
    half(number >> 16) * 65_536.0 + half(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;

    #[test]
    fn every_sound_is_its_own_short_and_never_louder_than_asked() {
        let mut known = Vec::new();
        for kind in SoundKind::ALL {
            let made = samples(kind, 100, RATE);
            assert!((4_800..57_600).contains(&made.len()), "{kind:?}: {}", made.len());
            assert!(made.iter().all(|it| it.abs() <= LOUDEST), "{kind:?}");
            assert!(made.iter().any(|it| it.abs() > LOUDEST * 0.9), "{kind:?} is heard");
            assert!(!known.contains(&made), "{kind:?} is another sound");
            known.push(made);
        }
    }

    #[test]
    fn a_tone_begins_and_ends_without_a_click_and_volume_0_is_silence() {
        for kind in SoundKind::ALL {
            let made = samples(kind, 100, RATE);
            let jump = made.windows(2).map(|two| (two[1] - two[0]).abs()).fold(0.0, f32::max);
            assert!(jump < 0.1, "{kind:?}: {jump}");
            assert!(made[0].abs() < 0.01 && made.last().unwrap().abs() < 0.01);
            assert!(samples(kind, 0, RATE).iter().all(|it| it.abs() < f32::EPSILON));
        }
    }

    #[test]
    fn a_tone_has_the_height_that_is_written_down() {
        // Half of a flat's first tone, where it is at full loudness: 523 turns a second.
        let made = samples(SoundKind::Flat, 100, RATE);
        let middle = &made[480..3_840];
        let rises = middle.windows(2).filter(|two| two[0] < 0.0 && two[1] >= 0.0).count();
        assert!((35..=38).contains(&rises), "{rises} turns in 70 ms");
    }
}
