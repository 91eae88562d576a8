//! What of a board is asked for, and the address that asks for it.

use super::Desk;
use crate::map::Box4;
use crate::paths;
use crate::views::Wall;
use model::{Instant, Name, Urn};
use pack::Board;
use serde::Deserialize;

/// Seconds for which a board may stay before the next one.
const ROTATION: std::ops::RangeInclusive<u32> = 15..=600;

/// Longest name of a figure that stays.
const PIN_BYTES_MAX: usize = 200;

#[derive(Default, Deserialize)]
pub(in crate::routes) struct Query {
    layer: Option<String>,
    r#box: Option<String>,
    chosen: Option<String>,
    figure: Option<String>,
    at: Option<String>,
    play: Option<String>,
    wall: Option<String>,
    rotate: Option<String>,
    pin: Option<String>,
}

/// What is asked for, understood.
#[derive(Clone)]
pub(super) struct Wanted {
    pub board: String,
    /// One layer alone.
    pub layer: Option<Name>,
    /// A stretch of the map alone.
    pub area: Option<Box4>,
    /// A case, or something on the map.
    pub chosen: Option<Urn>,
    /// The figure that is opened.
    pub figure: Option<Name>,
    /// The moment at which one looks back.
    pub at: Option<Instant>,
    /// Whether the hours after it follow by themselves.
    pub play: bool,
    pub wall: Wall,
    /// On a wall: the seconds after which the next board is shown.
    pub rotate: Option<u32>,
    /// On a wall: a figure, of this board or another, that stays before the eyes: `<board>.<figure>`.
    pub pin: Option<String>,
    pub zone: model::Zone,
}

impl Wanted {
    /// What cannot be understood counts as not asked.
    pub fn of(desk: &Desk, board: &Board, query: &Query) -> Self {
        let layer = query.layer.as_deref().filter(|id| board.layers.iter().any(|layer| layer.id == **id));
        let figure =
            query.figure.as_deref().filter(|id| board.figures.iter().any(|figure| figure.id == **id));
        Self {
            board: board.id.to_string(),
            layer: layer.and_then(|id| Name::new(id).ok()),
            area: query.r#box.as_deref().and_then(Box4::parse),
            chosen: query.chosen.as_deref().and_then(|urn| Urn::new(urn).ok()),
            figure: figure.and_then(|id| Name::new(id).ok()),
            at: query.at.as_deref().and_then(|at| desk.zone().instant(at.parse().ok()?)),
            play: query.play.is_some(),
            wall: match query.wall.as_deref() {
                Some("night") => Wall::Night,
                Some(_) => Wall::Day,
                None => Wall::Desk,
            },
            rotate: query
                .rotate
                .as_deref()
                .and_then(|secs| secs.parse().ok())
                .filter(|secs| ROTATION.contains(secs)),
            pin: query.pin.clone().filter(|pin| pin.contains('.') && pin.len() <= PIN_BYTES_MAX),
            zone: desk.zone().clone(),
        }
    }

    /// A board of which nothing is asked.
    pub fn plain(desk: &Desk, board: &Board) -> Self {
        Self::of(desk, board, &Query::default())
    }

    /// Keys and values of its address.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let wall = match self.wall {
            Wall::Desk => None,
            Wall::Day => Some("day".to_owned()),
            Wall::Night => Some("night".to_owned()),
        };
        let all = [
            ("layer", self.layer.as_ref().map(ToString::to_string)),
            ("box", self.area.map(Box4::text)),
            ("chosen", self.chosen.as_ref().map(ToString::to_string)),
            ("figure", self.figure.as_ref().map(ToString::to_string)),
            ("at", self.at.map(|at| self.zone.minute(at).replace(' ', "T"))),
            ("play", (self.play && self.at.is_some()).then(|| "1".to_owned())),
            ("wall", wall),
            ("pin", self.pin.clone().filter(|_| self.wall != Wall::Desk)),
            ("rotate", self.rotate.filter(|_| self.wall != Wall::Desk).map(|secs| secs.to_string())),
        ];
        all.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
    }

    /// Its address.
    pub fn href(&self) -> String {
        let pairs: Vec<String> =
            self.pairs().iter().map(|(key, value)| format!("{key}={}", paths::encode(value))).collect();
        let board = paths::board(&self.board);
        if pairs.is_empty() { board } else { format!("{board}?{}", pairs.join("&")) }
    }
}
