//! The vocabulary of netdiag: identifiers, time, events, statistics and the words for what the network says
