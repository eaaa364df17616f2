"""Entries written on phones without signal: taken in any order, each once, conflicts shown and never overwritten in silence.

An entry is {key, kind, posyandu, day, at, person, …}. `person` is a number, or the key of an entry of kind "person". Its answer:

    {"state": "kept", …}      it is in; the same key again gets the same answer
    {"state": "wait"}         it speaks of a person whose entry has not come yet; the phone sends it again
    {"state": "conflict", "theirs": …}  another device wrote something else for the same person and day; with "replace": true the
                              entry is taken, and what was there stays in the history
    {"state": "double", "people": […]}  a new person sounds like somebody known; the phone answers with "is" (a number) or "is_new"
    {"state": "ask", "questions": […]}  unusual values, not confirmed
    {"state": "refused", "errors": […]} it cannot be; it stays on the phone until corrected or dropped

"home": true says that the entry was written on home visits: the day, where it is new, is then no open day.
The phone says what its clock shows when it sends; where that is off, days and times written by it are put right by as much.
"""

from .entries import clock_off
from .taking import MOST_AT_ONCE, take

__all__ = ["MOST_AT_ONCE", "clock_off", "take"]
