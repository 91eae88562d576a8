//! What can be wrong with a department's file. Connectors name these kinds, whoever reads a file counts by them.

use model::Text;

/// A kind of fault. The word of each is stable: programs count by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// A row has more or fewer cells than there are columns.
    Width,
    /// The key is missing.
    NoKey,
    /// The row does not tell when it was so.
    NoTime,
    /// A row without a single value.
    EmptyRow,
    /// A row of which some values are missing.
    PartRow,
    /// A cell is not what its column holds.
    Unreadable,
    /// A value that the attribute cannot have.
    OutOfRange,
    /// The same row again.
    Duplicate,
    /// The same entity and time again, with other values: the later row stands.
    Conflict,
    /// Times for which there is no value.
    Gap,
    /// Values that do not move.
    Stuck,
    /// A name that never has a value.
    Dead,
    /// The file has it far from where it is registered.
    Moved,
    /// No entity is registered by this name.
    Unknown,
    /// Several entities have this name.
    Ambiguous,
    /// The entity's values come from its own device.
    HasDevice,
    /// Observed in the future.
    Ahead,
}

/// Every kind with its word, in the order in which people read them.
pub const FAULTS: &[(&str, Fault)] = &[
    ("unknown", Fault::Unknown),
    ("ambiguous", Fault::Ambiguous),
    ("has-device", Fault::HasDevice),
    ("dead", Fault::Dead),
    ("stuck", Fault::Stuck),
    ("moved", Fault::Moved),
    ("gap", Fault::Gap),
    ("conflict", Fault::Conflict),
    ("duplicate", Fault::Duplicate),
    ("empty-row", Fault::EmptyRow),
    ("part-row", Fault::PartRow),
    ("unreadable", Fault::Unreadable),
    ("out-of-range", Fault::OutOfRange),
    ("no-time", Fault::NoTime),
    ("ahead", Fault::Ahead),
    ("no-key", Fault::NoKey),
    ("width", Fault::Width),
];

impl Fault {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        FAULTS.iter().find(|(_, fault)| *fault == self).map_or("", |(word, _)| word)
    }

    /// What people call it.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Unknown => ("未登记的名称", "Names that are not registered"),
            Self::Ambiguous => ("名称对应多个对象", "Names of several entities"),
            Self::HasDevice => ("已有自动监测设备", "Entities with a device of their own"),
            Self::Dead => ("从无数值的名称", "Names that never have a value"),
            Self::Stuck => ("数值恒定不变", "Values that do not move"),
            Self::Moved => ("位置与登记不符", "Places other than registered"),
            Self::Gap => ("缺数时段", "Times without values"),
            Self::Conflict => ("同一时刻重复且数值不同", "The same time again with other values"),
            Self::Duplicate => ("同一时刻重复", "The same row again"),
            Self::EmptyRow => ("整行没有数值", "Rows without a value"),
            Self::PartRow => ("部分数值缺失", "Rows that lack some values"),
            Self::Unreadable => ("内容无法识别", "Cells that cannot be read"),
            Self::OutOfRange => ("超出取值范围", "Values beyond their range"),
            Self::NoTime => ("时间无法识别", "Times that cannot be read"),
            Self::Ahead => ("时间在未来", "Times that have not come yet"),
            Self::NoKey => ("没有名称", "Rows without a name"),
            Self::Width => ("列数不符", "Rows of another width"),
        };
        Text::new(zh, en)
    }
}
