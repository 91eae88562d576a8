//! The real routes over a real socket, on a scratch city: what browsers get, and what becomes of what they send.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

mod access;
mod administration;
mod alarms;
mod begin;
mod connectors;
mod context;
mod definitions;
mod documents;
mod evidence;
mod files;
mod frame;
mod offered;
mod oversight;
mod refusals;
mod registers;
mod sign_in;
mod site;
mod sources;
mod then;
mod together;
mod whole;
mod work;
