//! Bytes to meaning and back: IP, ICMP, UDP, TCP, Ethernet and quoted packets
