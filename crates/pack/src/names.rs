//! What expressions see of a type: its attributes, those of what its references point to, and decision tables.

use crate::load::{World, kebab};
use crate::read::kind::{AttributeDefinition, TypeDefinition, ValueKind, Writer};
use crate::sheet::What;
use crate::tree::{Refused, nearest};
use lang::{Hit, INPUTS_MAX, Kind, Names, Signature, Unit};
use model::Text;
use process::Field;

/// How far references are followed for suggestions.
const KNOWN_DEPTH: usize = 2;

/// The attributes of a type, for the compiler of expressions.
#[derive(Clone, Copy)]
pub(crate) struct TypeNames<'a> {
    world: &'a World,
    /// Nothing when the type is not known, or its own file is faulty: then nothing can be said against a name.
    pub of: Option<&'a TypeDefinition>,
}

impl<'a> TypeNames<'a> {
    pub fn new(world: &'a World, id: &str) -> Self {
        let known = world.types.get(id).map(|(_, kind)| kind);
        Self { world, of: known.filter(|_| !world.is_unread(What::Type, &kebab(id))) }
    }

    fn follow(&self, path: &[&str]) -> Option<Kind> {
        let Some(of) = self.of else { return Some(Kind::Any) };
        let [first, rest @ ..] = path else { return None };
        let attribute = of.attribute.iter().find(|a| a.id == **first)?;
        if rest.is_empty() {
            return Some(attribute.kind());
        }
        Self::new(self.world, attribute.to.as_ref()?.as_str()).follow(rest)
    }

    fn collect(&self, prefix: &str, depth: usize, known: &mut Vec<String>) {
        for attribute in self.of.iter().flat_map(|kind| &kind.attribute) {
            let path = format!("{prefix}{}", attribute.id);
            if let Some(to) = attribute.to.as_ref().filter(|_| depth > 0) {
                Self::new(self.world, to.as_str()).collect(&format!("{path}."), depth - 1, known);
            }
            known.push(path);
        }
    }

    /// The kind of an attribute that something sets, or why it may not be set and what to write instead.
    pub fn settable(&self, name: &str, writers: &[Writer]) -> Result<Kind, Refused> {
        let Some(kind) = self.of else { return Ok(Kind::Any) };
        let Some(attribute) = kind.attribute.iter().find(|a| a.id == *name) else {
            let remedy = match nearest(name, kind.attribute.iter().map(|a| a.id.as_str())) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("add an [[attribute]] to the type {}", kind.id),
            };
            return Err((format!("{} has no attribute `{name}`", kind.id), remedy));
        };
        if !writers.contains(&attribute.by) {
            let by = attribute.by.word();
            let what = format!("`{name}` of {} is written by a {by} alone", kind.id);
            let may: Vec<String> = writers.iter().map(|w| format!("by = \"{}\"", w.word())).collect();
            return Err((what, format!("set another attribute, or let the type say {}", may.join(" or "))));
        }
        Ok(attribute.kind())
    }
}

impl Names for TypeNames<'_> {
    fn kind(&self, path: &[&str]) -> Option<Kind> {
        self.follow(path)
    }

    fn known(&self) -> Vec<String> {
        let mut known = Vec::new();
        self.collect("", KNOWN_DEPTH, &mut known);
        known
    }

    /// A decision table is called with its inputs in their order.
    fn function(&self, name: &str) -> Option<Signature> {
        if self.world.is_unread(What::Table, name) {
            // Nothing can be said against how a table is called that could not be read.
            let parameters = vec![Kind::Any; INPUTS_MAX];
            return Some(Signature { parameters, optional: INPUTS_MAX, result: Kind::Any.into() });
        }
        let table = &self.world.tables.get(name)?.1.table;
        let parameters: Vec<Kind> = table.inputs().iter().map(|input| input.kind.clone()).collect();
        let output = table.output().clone();
        let result = if table.hit() == Hit::Collect { Kind::List(Box::new(output)) } else { output };
        Some(Signature::new(parameters, result))
    }

    fn functions(&self) -> Vec<String> {
        self.world.tables.keys().map(ToString::to_string).collect()
    }
}

/// The fields of a form, for expressions about whoever fills it in.
pub(crate) struct FieldNames<'a> {
    /// Nothing when the form is not known: then nothing can be said against a name.
    pub fields: Option<&'a [Field]>,
}

impl Names for FieldNames<'_> {
    fn kind(&self, path: &[&str]) -> Option<Kind> {
        let Some(fields) = self.fields else { return Some(Kind::Any) };
        let [only] = path else { return None };
        let field = fields.iter().find(|field| field.id == **only)?;
        // A unit that is not known has been complained of.
        Some(field.kind().unwrap_or(Kind::Any))
    }

    fn known(&self) -> Vec<String> {
        self.fields.into_iter().flatten().map(|field| field.id.to_string()).collect()
    }
}

impl AttributeDefinition {
    /// What people call one of its codes, if that is said.
    pub fn called(&self, code: &str) -> Option<&Text> {
        self.called.iter().find(|(own, _)| *own == *code).map(|(_, title)| title)
    }

    /// What expressions see of it.
    pub fn kind(&self) -> Kind {
        self.value.kind(self.unit.as_deref())
    }
}

impl ValueKind {
    /// What expressions see of such a value, with its unit if it has one.
    pub fn kind(self, unit: Option<&str>) -> Kind {
        match self {
            Self::Number => Kind::Number(unit.and_then(Unit::parse)),
            Self::Text | Self::Code => Kind::Text,
            Self::Bool => Kind::Bool,
            Self::Date => Kind::Date,
            Self::Instant => Kind::Instant,
            Self::Duration => Kind::Duration,
            Self::Ref => Kind::Ref,
            Self::List => Kind::List(Box::new(Kind::Any)),
            Self::Map => Kind::Any,
        }
    }
}
