"""What must be read before a row of the table can be taken, by its verb."""

from __future__ import annotations

from flows.advice.undertakings import HOW

DESK_READ, NEAR_READ, LOG_READ, PILOTS_READ, PAST_READ = "desk", "near", "log", "pilots", "past"
FORWARDED_READ, UNPLACED_READ, ACTING_READ = "forwarded", "unplaced", "acting"
ASIDES_READ, NAMES_READ = "asides", "names"
REMARKS_READ, OUTLOOK_READ, MET_READ = "remarks", "outlook", "met"
"""What must be read before a row can be taken: the desk, the shared answers of a municipality
or of all, who did what, the person's other pilots, all that was answered on this canvas,
questions to colleagues, words that wait for their place, the canvas of an action,
what advisers said to kwartiermakers, when people can be asked something, what colleagues of
one municipality fill, what their pilots are called, and what came in this chat by itself with
buttons."""

OF_A_TOWN = ("town", "paper", "meeting_page", "shared_of")
"""Buttons that name a seat, and mean its municipality."""

NEEDS = {
    "aside": (ASIDES_READ,),
    "take": (NEAR_READ,),
    **dict.fromkeys(OF_A_TOWN, (NEAR_READ, REMARKS_READ)),
    **dict.fromkeys(("meeting", "paper"), (NEAR_READ, REMARKS_READ, OUTLOOK_READ)),
    **dict.fromkeys((
        "ask", "target", "write", "ask_this", "send", "plan", "answer_said",
    ), (OUTLOOK_READ,)),
    **dict.fromkeys((
        "remark", "remark_to", "remark_said", "unremark", "unremark_all", "remarks_of",
        "answer_remark", "municipality", "there", "table",
    ), (REMARKS_READ,)),
    **dict.fromkeys(("logbook", "log_page"), (LOG_READ,)),
    **dict.fromkeys(("pilots", "forget", "erase", "elsewhere", "new"), (PILOTS_READ,)),
    "join": (PILOTS_READ,),
    "edit": (DESK_READ, UNPLACED_READ),
    "patterns": (NAMES_READ,),
    **dict.fromkeys(("admit", "same_pilot"), (MET_READ,)),
    "follow": (PILOTS_READ, FORWARDED_READ),
    **dict.fromkeys((
        "forward_one", "forwarded", "show_name", "recall", "take_answer", "replace_answer",
        "leave_answer", "later_answer", "reply_is", "send_reply", "drop_reply", "unsay",
        "reply_said", "reply_form", "unsay_form",
    ), (FORWARDED_READ,)),
    **dict.fromkeys(("since", "year"), (PAST_READ,)),
    **dict.fromkeys((
        "unplaced", "answer_asked", "place", "place_before", "drop_words",
    ), (UNPLACED_READ,)),
    **dict.fromkeys(("replied", "send_words"), (UNPLACED_READ, REMARKS_READ)),
    **dict.fromkeys((
        "action", *HOW, "no_note", "door", "no_door", "who_is", "until", "acting_said",
    ), (ACTING_READ,)),
}
