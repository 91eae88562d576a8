//! Who lives in a scratch city: people at their browsers and programs, and loggers at their outlets. What they cannot do
//! over the city's own interfaces, they cannot do.

mod outlet;
mod person;

pub use outlet::{Answer, HourReport, Outlet, Report};
pub use person::{Form, Page, Person};
