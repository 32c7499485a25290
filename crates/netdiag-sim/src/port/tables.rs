//! Files of who announces what: those that the network file names, and no others.

use std::net::IpAddr;
use std::path::Path;
use std::rc::Rc;

use netdiag_engine::port::{OriginTable, OriginTableError, OriginTables};
use netdiag_model::Origin;

use crate::network::{Lookups, Table};

/// The tables that the simulated host can open.
#[derive(Debug, Clone)]
pub struct SimTables(Rc<Lookups>);

impl SimTables {
    pub(crate) fn new(lookups: Rc<Lookups>) -> Self {
        Self(lookups)
    }
}

impl OriginTables for SimTables {
    fn open(&self, path: &Path) -> Result<Box<dyn OriginTable>, OriginTableError> {
        let table = path.to_str().and_then(|name| self.0.tables.get(name)).cloned();
        match table {
            Some(table) => Ok(Box::new(table)),
            None => Err(OriginTableError {
                file: path.to_owned(),
                line: None,
                text: "No such file or directory".to_owned(),
                hint: "name a file that is there".to_owned(),
            }),
        }
    }
}

impl OriginTable for Table {
    fn origin(&self, address: IpAddr) -> Option<Origin> {
        Self::origin(self, address)
    }
}
