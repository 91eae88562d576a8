//! Whether something is so: always, never, or where an expression holds.

use super::formula::Formula;
use super::values::wrong;
use super::{Node, Read, Reading, Shape, Written};
use lang::{Expression, Kind, Names};

/// Whether something is required.
#[derive(Clone, Debug, PartialEq)]
pub enum Required {
    /// It is.
    Always,
    /// It is not.
    Never,
    /// Where this holds.
    When(Expression),
}

/// `true`, `false`, or an expression in these names.
#[derive(Clone, Copy)]
pub(crate) struct Condition<'v> {
    pub names: &'v dyn Names,
    pub example: &'static str,
}

impl Read for Condition<'_> {
    type Out = Required;

    fn shape(&self) -> Shape {
        Shape::Condition { example: self.example }
    }

    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Required> {
        match &node.value {
            Written::Bool(true) => Some(Required::Always),
            Written::Bool(false) => Some(Required::Never),
            Written::Text(_) => {
                let formula = Formula { names: self.names, kind: &Kind::Bool, example: self.example };
                formula.read(node, key, reading).flatten().map(Required::When)
            }
            _ => {
                wrong(self, node, key, reading);
                None
            }
        }
    }

    fn unread(&self) -> Required {
        Required::Always
    }
}
