//! Addresses, each registered once: the router serves it, and the OpenAPI document or the list of pages says it is there.
//!
//! Who adds an address for programs says in the same line what it is for; a document that lags behind cannot be.

use super::Shared;
use axum::Router;
use axum::routing::MethodRouter;
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// Who gets an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Anyone,
    /// Whoever is signed in, as far as grants and powers reach.
    SignedIn,
}

/// One address, as the city lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Its path, with `{names}` for what varies.
    pub path: &'static str,
    /// Its methods, in lower case; of a page `get`, and `post` where it has forms.
    pub method: &'static str,
    /// Who gets an answer.
    pub access: Access,
    /// Whether programs ask there, and the OpenAPI document tells of it.
    pub documented: bool,
}

/// The router with what is said of it.
pub(super) struct Interface {
    router: Router<Arc<Shared>>,
    addresses: Vec<Address>,
    paths: Map<String, Json>,
}

/// What can be done at an address.
pub(super) struct Operation {
    method: &'static str,
    id: &'static str,
    summary: &'static str,
    access: Access,
    query: Vec<(&'static str, &'static str)>,
    keyed: bool,
    body: Option<(&'static str, Json)>,
    answer: &'static str,
}

impl Operation {
    fn new(method: &'static str, id: &'static str, summary: &'static str) -> Self {
        let answer = "application/json";
        Self {
            method,
            id,
            summary,
            access: Access::Anyone,
            query: Vec::new(),
            keyed: false,
            body: None,
            answer,
        }
    }

    pub fn get(id: &'static str, summary: &'static str) -> Self {
        Self::new("get", id, summary)
    }

    pub fn post(id: &'static str, summary: &'static str) -> Self {
        Self::new("post", id, summary)
    }

    pub fn put(id: &'static str, summary: &'static str) -> Self {
        Self::new("put", id, summary)
    }

    pub fn patch(id: &'static str, summary: &'static str) -> Self {
        Self::new("patch", id, summary)
    }

    pub fn delete(id: &'static str, summary: &'static str) -> Self {
        Self::new("delete", id, summary)
    }

    /// For whoever is signed in.
    pub fn signed_in(self) -> Self {
        Self { access: Access::SignedIn, ..self }
    }

    /// With a parameter of the query.
    pub fn query(mut self, name: &'static str, meaning: &'static str) -> Self {
        self.query.push((name, meaning));
        self
    }

    /// A repeat under the same `Idempotency-Key` is the same command.
    pub fn keyed(self) -> Self {
        Self { keyed: true, ..self }
    }

    /// With a JSON body, as the program reads it.
    pub fn body<T: schemars::JsonSchema>(self) -> Self {
        let settings =
            schemars::generate::SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
        let schema = settings.into_generator().into_root_schema_for::<T>();
        self.sends("application/json", schema.to_value())
    }

    /// With a body of some kind.
    pub fn sends(self, kind: &'static str, schema: Json) -> Self {
        Self { body: Some((kind, schema)), ..self }
    }

    /// What it answers with.
    pub fn answers(self, kind: &'static str) -> Self {
        Self { answer: kind, ..self }
    }

    fn json(&self, path: &str) -> Json {
        let named = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
        let text = || json!({ "type": "string" });
        let parameters: Vec<Json> = named
            .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": text() }))
            .chain(self.query.iter().map(|(name, meaning)| {
                json!({ "name": name, "in": "query", "description": meaning, "schema": text() })
            }))
            .chain(self.keyed.then(|| {
                let about = "A repeat under the same key is the same command, and is done once.";
                json!({ "name": "Idempotency-Key", "in": "header", "description": about, "schema": { "type": "string", "minLength": 1, "maxLength": 64 } })
            }))
            .collect();
        let fine = json!({ "description": "Done, or what was asked for.", "content": { (self.answer): {} } });
        let mut operation = json!({
            "operationId": self.id,
            "summary": self.summary,
            "parameters": parameters,
            "responses": {
                "200": fine.clone(),
                "201": fine.clone(),
                "204": { "description": "Done." },
                "4XX": { "$ref": "#/components/responses/Refused" },
                "503": { "description": "The city is busy; come again." },
            },
        });
        let Json::Object(object) = &mut operation else { return operation };
        if self.access == Access::SignedIn {
            object.insert("security".to_owned(), json!([{ "bearer": [] }, { "session": [] }]));
        }
        if let Some((kind, schema)) = &self.body {
            let body = json!({ "required": true, "content": { (*kind): { "schema": schema } } });
            object.insert("requestBody".to_owned(), body);
        }
        operation
    }
}

impl Interface {
    pub fn new() -> Self {
        Self { router: Router::new(), addresses: Vec::new(), paths: Map::new() }
    }

    /// A page, or a file that pages load.
    pub fn page(mut self, path: &'static str, access: Access, methods: MethodRouter<Arc<Shared>>) -> Self {
        self.addresses.push(Address { path, method: "get", access, documented: false });
        self.router = self.router.route(path, methods);
        self
    }

    /// An address for programs, with what can be done there.
    pub fn at<const N: usize>(
        mut self,
        path: &'static str,
        operations: [Operation; N],
        methods: MethodRouter<Arc<Shared>>,
    ) -> Self {
        let mut said = Map::new();
        for operation in operations {
            said.insert(operation.method.to_owned(), operation.json(path));
            let Operation { method, access, .. } = operation;
            self.addresses.push(Address { path, method, access, documented: true });
        }
        self.paths.insert(path.to_owned(), Json::Object(said));
        self.router = self.router.route(path, methods);
        self
    }

    /// The same things under another address, of which nothing is said.
    pub fn also(mut self, path: &'static str, methods: MethodRouter<Arc<Shared>>) -> Self {
        self.router = self.router.route(path, methods);
        self
    }

    /// With a limit of its own for bodies.
    pub fn with(
        mut self,
        change: impl FnOnce(Router<Arc<Shared>>) -> Router<Arc<Shared>>,
        more: Self,
    ) -> Self {
        self.router = self.router.merge(change(more.router));
        self.addresses.extend(more.addresses);
        self.paths.extend(more.paths);
        self
    }

    /// Everything listed.
    pub fn addresses(&self) -> Vec<Address> {
        self.addresses.clone()
    }

    /// The router, and the document that tells of it (OpenAPI 3.1).
    pub fn finish(self) -> (Router<Arc<Shared>>, String) {
        let document = json!({
            "openapi": "3.1.0",
            "info": {
                "title": "datong",
                "version": env!("CARGO_PKG_VERSION"),
                "description": "What programs can ask of a city and do in it. Errors are RFC 9457 problem documents. Without a session what is open is answered.",
                "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            },
            "servers": [{ "url": "/" }],
            "paths": self.paths,
            "components": {
                "securitySchemes": {
                    "bearer": { "type": "http", "scheme": "bearer", "description": "The token of `POST /api/v1/sessions`." },
                    "session": { "type": "apiKey", "in": "cookie", "name": "session" },
                },
                "responses": {
                    "Refused": {
                        "description": "Why it was not done, and what to do.",
                        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
                    },
                },
                "schemas": {
                    "Problem": {
                        "type": "object",
                        "properties": {
                            "type": { "type": "string" },
                            "title": { "type": "string" },
                            "status": { "type": "integer" },
                            "code": { "type": "string", "description": "A stable code of the refusal." },
                            "detail": { "type": "string" },
                        },
                    },
                },
            },
        });
        (self.router, document.to_string())
    }
}
