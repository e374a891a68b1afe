use clap::Args;
use crate::config::Config;
#[derive(Debug, Args)]
pub struct Arguments {}
pub async fn run(_config: &Config, _arguments: Arguments) -> anyhow::Result<()> { Ok(()) }
