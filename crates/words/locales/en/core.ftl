# What the service's facts are called when they are told to people. Child and guardian read the same.

## Lengths and moments of time

duration-seconds = { $count ->
    [one] 1 second
   *[other] { $count } seconds
}
duration-minutes = { $count ->
    [one] 1 minute
   *[other] { $count } minutes
}
duration-hours = { $count ->
    [one] 1 hour
   *[other] { $count } hours
}
duration-hours-minutes = { $hours } { $minutes }
time-left = { $duration } left
weekday = { $day ->
    [mon] Monday
    [tue] Tuesday
    [wed] Wednesday
    [thu] Thursday
    [fri] Friday
    [sat] Saturday
   *[sun] Sunday
}
weekday-short = { $day ->
    [mon] Mon
    [tue] Tue
    [wed] Wed
    [thu] Thu
    [fri] Fri
    [sat] Sat
   *[sun] Sun
}
every-day = every day
# $kind: where the moment lies, seen from now.
time = { $kind ->
    [today] { $time }
    [midnight] midnight
    [tomorrow] tomorrow { $time }
    [weekday] { $weekday } { $time }
   *[date] { $date } { $time }
}
at = { $kind ->
    [today] at { $time }
    [midnight] at midnight
    [tomorrow] tomorrow at { $time }
    [weekday] on { $weekday } at { $time }
   *[date] on { $date } at { $time }
}
until = { $kind ->
    [today] until { $time }
    [midnight] until midnight
    [tomorrow] until tomorrow at { $time }
    [weekday] until { $weekday } at { $time }
   *[date] until { $date } at { $time }
}

## What rules are about

category = { $category ->
    [game] games
    [learning] learning
    [social] social
    [video] video
    [browser] browsers
    [creative] creative
    [system] system
   *[other] other programs
}
target-category = { $category ->
    [game] all games together
    [learning] all learning apps together
    [social] all social apps together
    [video] all video apps together
    [browser] all browsers together
    [creative] all creative apps together
    [system] all system tools together
   *[other] all other programs together
}
target-each = { $category ->
    [game] each game
    [learning] each learning app
    [social] each social app
    [video] each video app
    [browser] each browser
    [creative] each creative app
    [system] each system tool
   *[other] each other program
}
target-screen = the whole screen

## Rules as sentences

rule-allowance-daily = At most { $amount } a day for { $target }.
rule-allowance-days = For { $target }: { $days }.
rule-allowance-part = { $days } at most { $amount }
rule-allowance-part-none = { $days } no time
rule-allowance-part-open = { $days } without a limit
rule-allowance-weekly = At most { $amount } a week for { $target }.
rule-schedule = Allowed hours for { $target }: { $days }.
rule-schedule-part = { $days } { $slots }
rule-schedule-part-closed = { $days } closed
rule-schedule-slot = { $free ->
    [yes] { $from }–{ $until } (costs no time)
   *[no] { $from }–{ $until }
}
rule-break = After { $stretch } of { $target }, a break of { $rest }.
rule-rating-ceiling = Programs with an age rating up to { $age }+.
rule-block = Blocked: { $target }.
rule-exemption = Costs no time and stays open: { $target }.
rule-allow-only = Only these may be used: { $targets }.
rule-bank = Unused time for { $target } is kept, { $keep } at most; { $borrow } of tomorrow can be had today.
rule-earn = Each { $every } of { $by } earns { $gives } for { $target }, at most { $most } a day.
rule-health-text = The health text after every { $every } of { $target }.
origin-guardian = Set by a guardian.
origin-preset = Set by { $preset }: { $citation }, since { $since }.
origin-class = Set by { $class }.
# Without the source: for notices.
origin-preset-short = Set by { $preset }.
preset-name = { $preset ->
    [vn-147] the Decree 147 preset (under 18)
    [gentle-3-5] the gentle preset for ages 3 to 5
    [gentle-6-8] the gentle preset for ages 6 to 8
    [gentle-9-12] the gentle preset for ages 9 to 12
    [gentle-13-15] the gentle preset for ages 13 to 15
    [gentle-16-17] the gentle preset for ages 16 and 17
   *[other] the preset { $preset }
}
# The service speaks of sources in English.
preset-citation = { $preset ->
   *[other] { $citation }
}

## Reasons

# $for: “ for this game”, or empty where the heading names it. $count: one for 1 minute or 1 hour.
cause-allowance-spent = { $weekly ->
    [yes] This week's
   *[no] Today's
} { $amount }{ $for } { $count ->
    [one] is
   *[other] are
} used up.
for-target = for { $target }
for-this = { $category ->
    [game] for this game
    [learning] for this learning app
    [social] for this social app
    [video] for this video app
    [browser] for this browser
    [creative] for this creative app
    [system] for this system tool
   *[other] for this program
}
cause-outside-hours = It is outside the allowed hours for { $target }.
cause-break-due = It is time for a break from { $target } ({ $rest }).
cause-rating-above = Its age rating is { $rating }+; programs up to { $ceiling }+ are allowed.
cause-blocked = A rule keeps this closed: { $target }.
cause-not-allowed-only = Only chosen programs are open, and this one is not among them yet.
cause-not-installed = Only programs that are installed for everybody may be started here, not ones of your own.
# These go on after “until 15:44,”.
coming-allowance-spent = then { $weekly ->
    [yes] this week's
   *[no] today's
} { $amount }{ $for } { $count ->
    [one] is
   *[other] are
} used up.
coming-outside-hours = then the allowed hours for { $target } end.
coming-break-due = then it is time for a break of { $rest }.
coming-other = then another rule keeps it closed.
reason-opens = It opens again { $at }.
reason-helps = What helps: { $list }.
help-wait = wait until then
help-rest = take a break
help-ask-for-time = ask for more time
help-ask-to-change = ask a guardian to change the rule
list-or = { $first } or { $last }
can-ask-for-time = You can ask for more time.
can-ask-to-change = You can ask a guardian to change the rule.

## Verdicts, short

verdict-open = open
verdict-open-until = open { $until }
verdict-warned = { $left } left, { $until }
verdict-held = paused for you, closes { $at }
verdict-denied = not now
verdict-denied-until = not now, opens { $at }

## Notices

warning-title = { $left } left: { $target }
warning-body = { $until }, { $coming }
times-up-title = Time's up: { $app } is paused for you
times-up-saves = { $count ->
    [0] No saves are left: what is not saved is lost when it closes.
    [one] Nothing is lost. You can save once.
   *[other] Nothing is lost. You can save { $count } times.
}
times-up-closes = It closes { $at }.
times-up-closes-opens = Closes { $closes }, opens { $opens }.
times-up-closes-as-it-opens = Closes { $at }, then opens again.
released-title = { $app } goes on
save-title = Save your game in { $app } now
save-body = It is open to save { $until }, then paused again.
closing-title = { $app } closes in { $grace }
closing-body = Please save now.
refused-title = Not now: { $app }
closed-title = { $app } was closed
locking-title = The screen rests now
request-opened-title = { $name } asks for { $duration }: { $target }
request-granted-title = Yes: { $duration } for { $target }
request-denied-title = Not this time: { $target }
request-denied-body = You can talk about it with a guardian.
granted-title = You have { $duration } more for { $target }
granted-body = Use it { $until }.
health-body = The health text of Decree 147/2024/NĐ-CP, Article 39.1(g), quoted as the law prescribes. In English: “Playing more than 180 minutes a day will harm your health.” Played today: { $played }.
stopping-title = Lanh stops for a moment
stopping-body = It will be back by itself. The time used so far is kept.
action-ask = Ask for { $duration }
action-save = Save my game
action-close = Close it
action-help = Get help ({ $number })
help-lines = Get help: { $numbers }

## When the service says no

failure-needs-guardian = Only a guardian can do this. Say the guardian's PIN and try again.
failure-not-yours = This belongs to somebody else. Every account sees only its own child.
failure-wrong-secret = { $wait ->
    [none] The PIN is not right. Try again.
   *[other] The PIN is not right. Try again in { $wait }.
}
failure-too-soon = { $wait ->
    [none] Too many wrong PINs. Wait a little, then try again.
   *[other] Too many wrong PINs. Try again in { $wait }.
}
failure-not-set-up = Lanh is not set up yet. Run “lanh setup” first.
# $detail: the next sentence, or empty.
failure-not-found = It was not found.{ $detail }
failure-invalid = This cannot be done as it was asked.{ $detail }
failure-too-many-requests = Your requests wait for an answer already. A guardian answers them first.
failure-unavailable = This is not possible as things stand.{ $detail }
failure-internal = The service had a fault; the limits still hold. Try again, then run “lanh doctor”.{ $detail }
# The service tells details in English.
failure-detail = { $message }
error-not-running = The Lanh service is not running at { $path }. Start it with “systemctl start lanhd”, or run “lanhd” to try Lanh without administrator rights.
error-stranger = The service at { $path } belongs to another account ({ $uid }), so nothing was sent to it. Give the right socket with --socket.
error-timeout = The service did not answer within { $wait }. The limits still hold. Try again, then run “lanh doctor”.
error-version = The service speaks version { $theirs } of the protocol and this program speaks { $ours }. Install the same version of both, then restart the service.
error-closed = The service closed the connection. The limits still hold. Try again.
error-wire = The connection to the service failed: { $detail }. The limits still hold. Try again.
