//! What people call the names in expressions.

use crate::{Definitions, TypeDefinition};
use lang::{Titles, Words};
use model::{Lang, Name};
use process::Definition;

/// The titles of a type's attributes, and of those behind its references.
pub(super) struct TypeTitles<'a> {
    definitions: &'a Definitions,
    kind: Option<&'a TypeDefinition>,
}

impl<'a> TypeTitles<'a> {
    pub fn new(definitions: &'a Definitions, kind: &Name) -> Self {
        Self { definitions, kind: definitions.types.get(kind) }
    }
}

impl Titles for TypeTitles<'_> {
    fn path(&self, path: &[Name], lang: Lang) -> Option<String> {
        let [first, rest @ ..] = path else { return None };
        let attribute = self.kind?.attribute(first)?;
        let title = attribute.title.get(lang).to_owned();
        if rest.is_empty() {
            return Some(title);
        }
        let behind = Self::new(self.definitions, attribute.to.as_ref()?).path(rest, lang)?;
        Some(if lang == Lang::Zh {
            format!("{title}的{behind}")
        } else {
            format!("{behind} of the {title}")
        })
    }

    /// A decision table that is asked; other functions have their own words.
    fn function(&self, name: &str, lang: Lang) -> Option<String> {
        Some(format!("“{}”", self.definitions.tables.get(name)?.title.get(lang)))
    }

    fn code(&self, path: &[Name], code: &str, lang: Lang) -> Option<String> {
        let [name] = path else { return None };
        Some(self.kind?.attribute(name)?.called(code)?.get(lang).to_owned())
    }
}

impl Words for TypeTitles<'_> {
    fn role(&self, role: &Name, lang: Lang) -> Option<String> {
        Some(self.definitions.city.role_title(role, lang).to_owned())
    }

    fn basis(&self, basis: &str, lang: Lang) -> Option<String> {
        Some(self.definitions.laws.cite(basis, lang))
    }

    fn kind(&self, kind: &Name, lang: Lang) -> Option<String> {
        Some(self.definitions.types.get(kind)?.title.get(lang).to_owned())
    }

    fn process(&self, process: &Name, lang: Lang) -> Option<String> {
        let (_, process) = self.definitions.processes.get(process)?;
        Some(process.title.get(lang).to_owned())
    }

    fn case(&self, process: &Name) -> Option<Box<dyn Titles + '_>> {
        let (_, process) = self.definitions.processes.get(process)?;
        Some(Box::new(ProcessTitles::new(self.definitions, process)))
    }
}

/// The same for a process: its flags, whom it remembers, the attributes of its cases, and what it names beside them.
pub(super) struct ProcessTitles<'a> {
    process: &'a Definition,
    case: TypeTitles<'a>,
}

impl<'a> ProcessTitles<'a> {
    pub fn new(definitions: &'a Definitions, process: &'a Definition) -> Self {
        Self { process, case: TypeTitles::new(definitions, &process.case) }
    }
}

impl Titles for ProcessTitles<'_> {
    fn path(&self, path: &[Name], lang: Lang) -> Option<String> {
        let both = |zh: &str, en: &str| Some(if lang == Lang::Zh { zh } else { en }.to_owned());
        let names: Vec<&str> = path.iter().map(Name::as_str).collect();
        match names.as_slice() {
            ["actor"] => both("办理人", "who acts"),
            ["at"] => both("办理时刻", "the moment"),
            ["stage"] => both("环节", "the stage"),
            ["bounces"] => both("退回次数", "how often it was returned"),
            ["reopened"] => both("重新办理次数", "how often it was reopened"),
            ["flags", flag] => {
                let flag = self.process.flag.iter().find(|f| f.id == **flag)?;
                Some(flag.title.get(lang).to_owned())
            }
            ["remembered", who] => {
                let act =
                    self.process.action.iter().find(|a| a.remember.as_ref().is_some_and(|r| *r == **who))?;
                let title = act.title.get(lang);
                Some(if lang == Lang::Zh {
                    format!("办理“{title}”的人")
                } else {
                    format!("who did “{title}”")
                })
            }
            _ => self.case.path(path, lang),
        }
    }

    fn function(&self, name: &str, lang: Lang) -> Option<String> {
        self.case.function(name, lang)
    }

    /// By the choices of the process's own forms, else as the type calls them.
    fn code(&self, path: &[Name], code: &str, lang: Lang) -> Option<String> {
        let [name] = path else { return None };
        let begun = self.process.begin.iter().flat_map(|begin| &begin.fields);
        let fields = begun.chain(self.process.action.iter().flat_map(|act| &act.fields));
        let mut codes = fields.filter(|field| field.id == *name).flat_map(|field| &field.codes);
        let chosen = codes.find(|own| own.code == *code).map(|own| own.title.get(lang).to_owned());
        chosen.or_else(|| self.case.code(path, code, lang))
    }
}

impl Words for ProcessTitles<'_> {
    fn role(&self, role: &Name, lang: Lang) -> Option<String> {
        self.case.role(role, lang)
    }

    fn basis(&self, basis: &str, lang: Lang) -> Option<String> {
        self.case.basis(basis, lang)
    }

    fn process(&self, process: &Name, lang: Lang) -> Option<String> {
        self.case.process(process, lang)
    }
}
