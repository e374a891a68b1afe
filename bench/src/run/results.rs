//! What was measured, kept in a file from run to run and printed as tables.

use std::{fmt, path::Path};

use serde::{Deserialize, Serialize};

use super::load::Measured;

/// All figures so far.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Results {
    /// Under load.
    loads: Vec<Load>,
    /// Single values.
    values: Vec<Value>,
}

/// A load beside its reference.
#[derive(Debug, Serialize, Deserialize)]
struct Load {
    name: String,
    on: String,
    measured: Figures,
    reference: Option<Figures>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Figures {
    operations: u64,
    per_second: f64,
    cpu_us: f64,
    p50_us: f64,
    p99_us: f64,
}

/// One number.
#[derive(Debug, Serialize, Deserialize)]
struct Value {
    name: String,
    on: String,
    number: f64,
    unit: String,
}

impl From<&Measured> for Figures {
    fn from(measured: &Measured) -> Self {
        Self {
            operations: measured.operations,
            per_second: measured.rate(),
            cpu_us: measured.cpu_each(),
            p50_us: measured.percentile(0.5).as_secs_f64() * 1e6,
            p99_us: measured.percentile(0.99).as_secs_f64() * 1e6,
        }
    }
}

impl Results {
    /// What earlier runs have measured; nothing when there is no file.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        match std::fs::read(path) {
            Ok(text) => Ok(serde_json::from_slice(&text)?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps it.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(std::fs::write(path, serde_json::to_string_pretty(self)?)?)
    }

    /// Takes a load in, in the place of an earlier one of the same name, and says it.
    pub fn load(&mut self, name: &str, on: &str, measured: &Measured, reference: Option<&Measured>) {
        let load = Load {
            name: name.to_owned(),
            on: on.to_owned(),
            measured: measured.into(),
            reference: reference.map(Figures::from),
        };
        println!("{load}");
        self.loads.retain(|earlier| (earlier.name.as_str(), earlier.on.as_str()) != (name, on));
        self.loads.push(load);
    }

    /// Takes a number in, in the same way.
    pub fn value(&mut self, name: &str, on: &str, number: f64, unit: &str) {
        let value = Value { name: name.to_owned(), on: on.to_owned(), number, unit: unit.to_owned() };
        println!("{value}");
        self.values.retain(|earlier| (earlier.name.as_str(), earlier.on.as_str()) != (name, on));
        self.values.push(value);
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, on, measured, reference } = self;
        write!(
            f,
            "| {name} | {on} | {} | {:.0} | {:.1} | {:.0} | {:.0} |",
            measured.operations, measured.per_second, measured.cpu_us, measured.p50_us, measured.p99_us
        )?;
        match reference {
            Some(bare) => write!(
                f,
                " {:.0} | {:.1} | {:.0} % | {:.1} | {:.0} | {:.0} |",
                bare.per_second,
                bare.cpu_us,
                measured.per_second / bare.per_second * 100.0,
                measured.cpu_us / bare.cpu_us,
                bare.p50_us,
                bare.p99_us
            ),
            None => f.write_str(" | | | | | |"),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "| {} | {} | {:.1} {} |", self.name, self.on, self.number, self.unit)
    }
}

impl fmt::Display for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n| what | on | operations | a second | CPU µs | p50 µs | p99 µs | bare: a second | bare: CPU µs | rate of bare | CPU of bare | bare: p50 µs | bare: p99 µs |"
        )?;
        writeln!(f, "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")?;
        for load in &self.loads {
            writeln!(f, "{load}")?;
        }
        writeln!(f, "\n| what | on | value |\n|---|---|--:|")?;
        for value in &self.values {
            writeln!(f, "{value}")?;
        }
        Ok(())
    }
}
