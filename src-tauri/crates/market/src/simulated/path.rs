//! The level that a market believes in, before spread and chance of single trades.
//!
//! A random walk in steps of 50 ms whose width changes with the market's *heat*: heat drifts around a
//! mood, jumps up when news strike and cools within minutes, so lively minutes follow lively minutes.
//! The open adds to it and fades. A weak pull towards the start and two walls keep the level plausible.

use super::chance::{BELL_DEVIATION, Chance};

/// Market time of one step, in nanoseconds.
pub(crate) const BEAT_NANOS: i64 = 50_000_000;
/// The start, in the units of [`Path::level_q32`].
pub(crate) const LEVEL_ONE: i64 = 1 << 32;

const BEATS_PER_SECOND: i64 = 20;
/// The square root of the 1 200 beats of a minute, in millionths: a beat's move is a minute's over it.
const SQRT_BEATS_PER_MINUTE_MILLIONTHS: i64 = 34_641_016;
/// The walls stand this part of the start below and above it.
const WALL: i64 = LEVEL_ONE / 16;
/// How many beats the pull to the start takes: 3.6 hours.
const PULL_BEATS: i64 = 1 << 18;

/// Heat of an ordinary minute.
const HEAT_ONE: i64 = 1 << 16;
const HEAT_MIN: i64 = HEAT_ONE / 4;
const HEAT_MAX: i64 = HEAT_ONE * 6;
/// Above this the market is wild: quotes stand further apart.
const HEAT_WILD: i64 = HEAT_ONE * 3;
/// The moods that heat returns to: calm, ordinary, lively. News lift the mean above them, to about one.
const MOODS: [i64; 3] = [HEAT_ONE / 2, HEAT_ONE * 3 / 4, HEAT_ONE * 5 / 4];
/// How many seconds heat takes to return.
const COOLING_SECONDS: i64 = 128;
/// A mood lasts 20 minutes on average, and news strike every 15.
const MOOD_SECONDS: u32 = 1_200;
const NEWS_SECONDS: u32 = 900;

/// How much livelier than later the first moment of a session is, in thousandths, and in how many
/// seconds half of that is gone.
const OPENING_MILLI: i64 = 3_500;
const OPENING_HALF_SECONDS: i64 = 240;
/// The open makes moves larger by half as much as it makes trades more.
const OPENING_MOVE_PARTS: i64 = 2;
/// A new session opens every day at the same time.
const DAY_SECONDS: i64 = 86_400;

/// A level over time, with how lively the market is.
pub(crate) struct Path {
    chance: Chance,
    beat: i64,
    level_q32: i64,
    /// A standard deviation of one beat's move at heat one, in units of the level.
    beat_move_q32: i64,
    heat: i64,
    mood: i64,
}

impl Path {
    /// A path at its start, in an ordinary mood.
    pub(crate) fn new(chance: Chance, minute_move_ppm: u32) -> Self {
        // Millionths of a minute's move cancel against the millionths of the root.
        let beat_move_q32 = i64::from(minute_move_ppm) * LEVEL_ONE / SQRT_BEATS_PER_MINUTE_MILLIONTHS;
        let mood = HEAT_ONE * 3 / 4;
        Self { chance, beat: 0, level_q32: LEVEL_ONE, beat_move_q32, heat: HEAT_ONE, mood }
    }

    /// The level, [`LEVEL_ONE`] being the start.
    pub(crate) const fn level_q32(&self) -> i64 {
        self.level_q32
    }

    /// How many times the ordinary count of trades there are now, in thousandths.
    pub(crate) const fn activity_milli(&self) -> i64 {
        // Trades follow heat by half: a market twice as hot has half as many trades again.
        (1_000 + self.opening_milli()) * (HEAT_ONE + self.heat) / (2 * HEAT_ONE)
    }

    /// Whether the market is wild.
    pub(crate) const fn is_wild(&self) -> bool {
        self.heat > HEAT_WILD
    }

    /// Goes on to the beat numbered `beat`, counted from the open, and answers how many beats that took.
    pub(crate) fn advance_to(&mut self, beat: i64) -> i64 {
        let beats = (beat - self.beat).max(0);
        for _ in 0..beats {
            self.step();
        }
        beats
    }

    fn step(&mut self) {
        self.beat += 1;
        if self.beat % BEATS_PER_SECOND == 0 {
            self.warm();
        }
        let opening_milli = 1_000 + self.opening_milli() / OPENING_MOVE_PARTS;
        let width = self.beat_move_q32 * self.heat / HEAT_ONE * opening_milli / 1_000;
        let walk = self.chance.bell() * width / BELL_DEVIATION;
        let pull = (LEVEL_ONE - self.level_q32) / PULL_BEATS;
        self.level_q32 = between_walls(self.level_q32 + walk + pull);
    }

    /// Lets a second pass for heat and mood.
    fn warm(&mut self) {
        if self.chance.one_in(MOOD_SECONDS) {
            let choice = self.chance.below(3) as usize;
            self.mood = MOODS.get(choice).copied().unwrap_or(HEAT_ONE);
        }
        if self.chance.one_in(NEWS_SECONDS) {
            self.heat += HEAT_ONE * 4 / 5 + i64::from(self.chance.below(100_000));
        }
        // Three parts in 256 of a bell: about 5 % a second, up or down.
        let flicker = self.heat * self.chance.bell() * 3 / 256;
        let cooling = (self.mood - self.heat) / COOLING_SECONDS;
        // No open is calm, whatever the mood.
        let heat_min = HEAT_MIN + HEAT_ONE * self.opening_milli() / OPENING_MILLI;
        self.heat = (self.heat + flicker + cooling).clamp(heat_min, HEAT_MAX);
    }

    const fn opening_milli(&self) -> i64 {
        let seconds = self.beat / BEATS_PER_SECOND % DAY_SECONDS;
        OPENING_MILLI * OPENING_HALF_SECONDS / (OPENING_HALF_SECONDS + seconds)
    }
}

/// A level that ran into a wall comes back by as much.
fn between_walls(level_q32: i64) -> i64 {
    let (low, high) = (LEVEL_ONE - WALL, LEVEL_ONE + WALL);
    let inside = if level_q32 < low {
        2 * low - level_q32
    } else if level_q32 > high {
        2 * high - level_q32
    } else {
        level_q32
    };
    inside.clamp(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walls_send_a_level_back() {
        for (level, expected) in [
            (LEVEL_ONE, LEVEL_ONE),
            (LEVEL_ONE + WALL + 7, LEVEL_ONE + WALL - 7),
            (LEVEL_ONE - WALL - 7, LEVEL_ONE - WALL + 7),
            (LEVEL_ONE * 9, LEVEL_ONE - WALL),
            (-LEVEL_ONE, LEVEL_ONE + WALL),
        ] {
            assert_eq!(between_walls(level), expected);
        }
    }

    #[test]
    fn heat_is_about_one_on_average_and_not_always_the_same() {
        let mut path = Path::new(Chance::new(3, 0), 300);
        let heats: Vec<i64> = (1..=36_000)
            .map(|second| {
                path.advance_to(second * BEATS_PER_SECOND);
                path.heat
            })
            .collect();
        let mean = heats.iter().sum::<i64>() / 36_000;
        assert!((HEAT_ONE * 3 / 4..HEAT_ONE * 3 / 2).contains(&mean), "{mean}");
        assert!(heats.iter().any(|heat| *heat < HEAT_ONE / 2));
        assert!(heats.iter().any(|heat| *heat > HEAT_ONE * 2));
    }

    #[test]
    fn the_open_fades_and_comes_back_the_next_day() {
        let mut path = Path::new(Chance::new(3, 0), 300);
        assert_eq!(path.opening_milli(), 3_500);
        path.advance_to(240 * BEATS_PER_SECOND);
        assert_eq!(path.opening_milli(), 1_750);
        path.advance_to(DAY_SECONDS * BEATS_PER_SECOND - 1);
        assert_eq!(path.opening_milli(), 9);
        path.advance_to(DAY_SECONDS * BEATS_PER_SECOND);
        assert_eq!(path.opening_milli(), 3_500);
    }
}
