//! Errors as the standard names them (clause 5.5.2 and table 6.3.2-1).

use serde_json::{Value as Json, json};
use thiserror::Error;

/// A kind of error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The request itself is wrong.
    InvalidRequest,
    /// What it says of entities is wrong.
    BadRequestData,
    /// There is such an entity already.
    AlreadyExists,
    /// It is understood, and not done here.
    OperationNotSupported,
    /// There is no such thing, or not for this client.
    ResourceNotFound,
    /// More would have to be looked through than is allowed.
    TooManyResults,
    /// There is no such tenant.
    NonexistentTenant,
    /// Nobody is signed in, or this one may not.
    Forbidden(u16),
    /// Somebody changed it meanwhile (RFC 9110, If-Match).
    Overtaken,
    /// The store failed.
    InternalError,
}

/// An error as it is answered (RFC 9457).
#[derive(Clone, Debug, Error, PartialEq)]
#[error("{detail}")]
pub struct Problem {
    /// Its kind.
    pub kind: Kind,
    /// What is wrong, and what to do.
    pub detail: String,
}

impl Problem {
    /// Wrong data.
    pub fn data(detail: impl Into<String>) -> Self {
        Self { kind: Kind::BadRequestData, detail: detail.into() }
    }

    /// A wrong request.
    pub fn request(detail: impl Into<String>) -> Self {
        Self { kind: Kind::InvalidRequest, detail: detail.into() }
    }

    /// The HTTP status (table 6.3.2-1).
    pub const fn status(&self) -> u16 {
        match self.kind {
            Kind::InvalidRequest | Kind::BadRequestData => 400,
            Kind::AlreadyExists => 409,
            Kind::OperationNotSupported => 422,
            Kind::ResourceNotFound | Kind::NonexistentTenant => 404,
            Kind::TooManyResults => 403,
            Kind::Forbidden(status) => status,
            Kind::Overtaken => 412,
            Kind::InternalError => 500,
        }
    }

    /// The body.
    pub fn json(&self) -> Json {
        let (name, title) = match self.kind {
            Kind::InvalidRequest => ("InvalidRequest", "Invalid request"),
            Kind::BadRequestData => ("BadRequestData", "Bad request data"),
            Kind::AlreadyExists => ("AlreadyExists", "Already exists"),
            Kind::OperationNotSupported => ("OperationNotSupported", "Operation not supported"),
            Kind::ResourceNotFound => ("ResourceNotFound", "Resource not found"),
            Kind::TooManyResults => ("TooManyResults", "Too many results"),
            Kind::NonexistentTenant => ("NonexistentTenant", "Nonexistent tenant"),
            Kind::Forbidden(_) => ("", "Not allowed"),
            Kind::Overtaken => ("", "Precondition failed"),
            Kind::InternalError => ("InternalError", "Internal error"),
        };
        let kind = match name {
            "" => "about:blank".to_owned(),
            name => format!("https://uri.etsi.org/ngsi-ld/errors/{name}"),
        };
        json!({ "type": kind, "title": title, "detail": self.detail, "status": self.status() })
    }
}
