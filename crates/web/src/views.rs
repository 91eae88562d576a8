//! Views: the data of each page as plain structs. One file and one template of the same stem per page.
//!
//! Texts that come from definitions (titles of stages, acts, reasons, roles) and from people are strings, already in
//! the page's language where they have one. Local times are strings too: `2026-11-23 14:00`, the same in both
//! languages. Numbers, time left, ages and states are raw; their wording is this crate's.

mod administration;
mod alarm;
mod begin;
mod board;
mod case;
mod clock;
mod common;
mod connector;
mod dataset;
mod deadline;
mod definition;
mod design;
mod document;
mod feed;
mod form;
mod home;
mod inbox;
mod message;
mod ordinance;
mod oversight;
mod pack;
mod packet;
mod page;
mod receipt;
mod register;
mod search;
mod service;
mod sign_in;
mod source;
mod sources;
mod standing;
mod status;
mod verify;

pub use administration::{
    AccountPage, Administration, GrantRow, GrantState, Granting, Opening, PersonPage, PersonRow,
};
pub use alarm::{AlarmRow, Alarms, QuickAct, TabLink};
pub use begin::{AboutChoice, Allowed, Begin, BeginForm, Offered, Pack};
pub use board::{
    Board, BoardFigure, Boards, BothSizes, ChangeRow, Changes, Chosen, Duty, FeatureRow, LayerAge, LayerLink,
    MapNote, Moment, Opened, OpenedRow, Pinned, Rotation, ShiftNote, ShiftRow, Shifts, Waiting, Wall, Watch,
    Ways,
};
pub use case::{Case, Notice, OtherAct, RunningClock, Stage, StageState};
pub use clock::{Clock, Light};
pub use common::{Interval, Limit, Link, Paging, Quality, When};
pub use connector::{Connector, ConnectorRow, Connectors, FoundKind, ImportReport, RunRow};
pub use dataset::{Dataset, DatasetRow, Datasets, Fresh};
pub use deadline::{Counted, Deadline, Pause, Skipped};
pub use definition::{
    CaseOutcome, Definition, Definitions, Editor, ProcessOutcome, ProposalOutcome, RuleOutcome, ScenarioRow,
    TriedLimit, VersionRow,
};
pub use design::DesignPage;
pub use document::{DocumentPage, DocumentRow, Documents, Hand, Served};
pub use feed::{Feed, FeedEntry};
pub use form::{ActForm, Corrects, Field, FormField, Input, Measurement, Reason, Typed};
pub use home::{Home, LogHead};
pub use inbox::{Figure, FigureKind, Inbox, Kept, KindFilter, Row, Several, SeveralDone, Tab, TabKind};
pub use message::{Message, MessageKind};
pub use ordinance::{Article, ArticleRow, DutyRow, Ordinance};
pub use oversight::{ActLine, AuditPage, LeadRow, PersonalPage, PersonalValue};
pub use pack::{PackPage, PackRow, Packs};
pub use packet::{Decoded, Packet};
pub use page::{Footer, Page, SignedIn};
pub use receipt::{Epoch, PathStep, Receipt, Recorded, RecordedValue, Side};
pub use register::{EditPage, EntityEntry, EntityFact, EntityPage, Head, MergeForm, Register, Registers};
pub use search::{FoundKindOf, FoundRow, Search};
pub use service::{Answer, ConditionRow, MaterialRow, Service, ServiceRow, Services};
pub use sign_in::{DemoAccount, SignIn, SignInError};
pub use source::{AirIndex, AuditForm, Beside, Factor, Hour, Source};
pub use sources::{LastValue, SourceRow, SourceSort, SourceState, Sources};
pub use standing::{About, Away, Fact, Facts, Measured, Relative, Shelved, Standing, Step, Task};
pub use status::{FormerKey, StatusPage};
pub use verify::{CheckStep, Outcome, Verify};
