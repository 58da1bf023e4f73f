"""Calls as they come in Jakarta: when, from where, about what, in which words, and how each line ends. Pure."""

from dispatch.rules.traffic.arrivals import Hours
from dispatch.rules.traffic.draw import traffic_draw
from dispatch.rules.traffic.plan import Burst, CallKind, PlannedCall, Spot, TrafficSettings

__all__ = ["Burst", "CallKind", "Hours", "PlannedCall", "Spot", "TrafficSettings", "traffic_draw"]
