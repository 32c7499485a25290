mod network;
mod trials;

use super::*;
