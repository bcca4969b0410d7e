//! The messages as TypeScript declarations, for the front end of the desktop app.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use ts_rs::{Config, TS, TypeVisitor};

/// Declarations of types and of all that they are made of, in the order of their names.
pub struct Declarations {
    config: Config,
    visited: HashSet<TypeId>,
    found: BTreeMap<String, String>,
}

impl Declarations {
    /// None yet. Whole numbers of every size become `number`: what travels stays far below 2^53.
    #[expect(clippy::new_without_default, reason = "an empty set of declarations is of no use")]
    pub fn new() -> Self {
        Self {
            config: Config::new().with_large_int("number"),
            visited: HashSet::new(),
            found: BTreeMap::new(),
        }
    }

    /// Adds a type and all that it is made of.
    pub fn add<T: TS + 'static + ?Sized>(&mut self) {
        self.visit::<T>();
    }

    /// Takes out what `other` declares, and gives the names.
    pub fn take_out(&mut self, other: &Self) -> Vec<String> {
        let shared: Vec<String> =
            other.found.keys().filter(|name| self.found.contains_key(*name)).cloned().collect();
        for name in &shared {
            self.found.remove(name);
        }
        shared
    }

    /// The text of a module that exports them.
    pub fn module(&self) -> String {
        let mut text = String::new();
        for declaration in self.found.values() {
            // Writing to a string does not fail.
            let _ = writeln!(text, "\n{declaration}");
        }
        text
    }
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.visited.insert(TypeId::of::<T>()) {
            return;
        }
        // Only named types of ours have a file of their own.
        if T::output_path().is_some() {
            let docs = T::docs().unwrap_or_default();
            let declaration = format!("{docs}export {}", T::decl(&self.config));
            self.found.insert(T::ident(&self.config), declaration);
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}
