//! Boards: figures of the whole city for those who lead a field, each with its age and with what is behind it, as far as
//! the reader's reach goes.

use crate::context::is_deleted;
use crate::select::{Reach, selected};
use crate::{Actor, Kernel, Loaded, Refusal, title};
use model::{Entity, Filter, Instant, Name, Text, Urn, Value};
use pack::{Board, Cases, Figure, FigureOf, Layer, Openness};
use process::Record;
use store::Reading;

/// Entities behind a figure, or on a layer, that are handed out at once.
pub const BEHIND_MAX: usize = 1_000;

/// A board as it is now.
#[derive(Clone, Debug)]
pub struct BoardView {
    /// Its figures, in their order.
    pub figures: Vec<FigureView>,
    /// Its layers, in their order.
    pub layers: Vec<LayerView>,
}

/// A figure as it is now.
#[derive(Clone, Debug)]
pub struct FigureView {
    /// The count or sum, of the whole city.
    pub value: f64,
    /// How many are behind it, of the whole city.
    pub count: usize,
    /// What of them lies within the reader's reach, at most [`BEHIND_MAX`]; nothing if the figure does not open.
    pub behind: Vec<Behind>,
    /// How many lie beyond it.
    pub beyond: usize,
    /// Whether there are more than were handed out.
    pub more: bool,
    /// When any of its entities last changed.
    pub changed: Option<Instant>,
}

/// A layer as it is now.
#[derive(Clone, Debug)]
pub struct LayerView {
    /// Its entities that have a place which the reader may know.
    pub features: Vec<Behind>,
    /// Whether there are more than were handed out.
    pub more: bool,
    /// When any of its entities last changed.
    pub changed: Option<Instant>,
}

/// One entity behind a figure or on a layer.
#[derive(Clone, Debug)]
pub struct Behind {
    /// Which.
    pub urn: Urn,
    /// Its type.
    pub kind: Name,
    /// What people call it.
    pub title: Text,
    /// Where its case stands; nothing if it is none.
    pub stage: Value,
    /// When its case is due, for people to see.
    pub due: Option<Instant>,
    /// Its place, if it has one.
    pub location: Value,
}

impl Behind {
    fn of(entity: &Entity) -> Self {
        Self {
            urn: entity.urn.clone(),
            kind: entity.kind.clone(),
            title: title(entity),
            stage: entity.value("stage").clone(),
            due: entity.value("dueAt").as_instant(),
            location: entity.value("location").clone(),
        }
    }
}

impl Kernel {
    /// A board for a reader: whoever holds one of its roles somewhere, or checks everything.
    pub fn board(&self, board: &Board, reader: &Actor) -> Result<BoardView, Refusal> {
        self.may_read_board(board, reader)?;
        let (view, loaded, reach) = (self.store.read()?, self.loaded(), self.reach(reader)?);
        let figures = board.figures.iter().map(|figure| self.figure(&*view, &loaded, figure, &reach));
        let layers = board.layers.iter().map(|layer| self.layer(&*view, &loaded, layer, &reach));
        Ok(BoardView {
            figures: figures.collect::<Result<_, _>>()?,
            layers: layers.collect::<Result<_, _>>()?,
        })
    }

    /// Whether somebody may look at a board, or the refusal that names a role which may.
    pub fn may_read_board(&self, board: &Board, reader: &Actor) -> Result<(), Refusal> {
        let date = self.date(self.now());
        if board.readers.iter().any(|role| reader.holds(role.as_str(), &date))
            || self.may_read(reader)? == Filter::All
        {
            return Ok(());
        }
        let role = board.readers.first().cloned();
        Err(role.map_or_else(|| Refusal::NotFound(board.id.to_string()), |role| Refusal::NotAllowed { role }))
    }

    fn figure(
        &self,
        view: &dyn Reading,
        loaded: &Loaded,
        figure: &Figure,
        reach: &Reach,
    ) -> Result<FigureView, Refusal> {
        let kind = match &figure.of {
            FigureOf::Type(kind) => kind,
            FigureOf::Process(process) => {
                let known = loaded.definitions.processes.get(process);
                &known.ok_or_else(|| Refusal::NotFound(process.to_string()))?.1.case
            }
        };
        let mut out =
            FigureView { value: 0.0, count: 0, behind: Vec::new(), beyond: 0, more: false, changed: None };
        let filter = figure.selection.as_ref().map(|selection| &selection.filter);
        let changed = selected(view, kind, filter, |entity| {
            if is_deleted(&entity) || !self.is_meant(loaded, figure, &entity) {
                return Ok(());
            }
            out.count += 1;
            out.value +=
                figure.sum.as_ref().map_or(1.0, |sum| entity.value(sum.as_str()).as_number().unwrap_or(0.0));
            if !figure.opens {
                return Ok(());
            }
            if !reach.holds(&entity) {
                out.beyond += 1;
            } else if out.behind.len() < BEHIND_MAX {
                out.behind.push(Behind::of(&entity));
            } else {
                out.more = true;
            }
            Ok(())
        })?;
        out.changed = changed;
        Ok(out)
    }

    /// Whether a case is of the figure's process, and stands as the figure says. Two processes may have cases of one type.
    fn is_meant(&self, loaded: &Loaded, figure: &Figure, entity: &Entity) -> bool {
        let FigureOf::Process(process) = &figure.of else { return true };
        let Some(record) = Record::from_value(&entity.record) else { return false };
        if !loaded.process(&record.process).is_ok_and(|definition| definition.id == *process) {
            return false;
        }
        let ended = record.closed.is_some();
        let overdue = || entity.value("dueAt").as_instant().is_some_and(|due| due <= self.now());
        match figure.cases {
            Cases::Open => !ended,
            Cases::Overdue => !ended && overdue(),
            Cases::Ended => ended,
            Cases::All => true,
        }
    }

    fn layer(
        &self,
        view: &dyn Reading,
        loaded: &Loaded,
        layer: &Layer,
        reach: &Reach,
    ) -> Result<LayerView, Refusal> {
        let known = loaded.definitions.types.get(&layer.kind);
        let location =
            known.and_then(|kind| kind.attribute.iter().find(|attribute| attribute.id == *"location"));
        let is_open = location.is_some_and(|location| location.open == Openness::Open);
        let mut out = LayerView { features: Vec::new(), more: false, changed: None };
        let filter = layer.selection.as_ref().map(|selection| &selection.filter);
        let changed = selected(view, &layer.kind, filter, |entity| {
            let is_placed = *entity.value("location") != Value::Null && !is_deleted(&entity);
            if is_placed && (is_open || reach.holds(&entity)) {
                if out.features.len() < BEHIND_MAX {
                    out.features.push(Behind::of(&entity));
                } else {
                    out.more = true;
                }
            }
            Ok(())
        })?;
        out.changed = changed;
        Ok(out)
    }
}
