# The desktop app: windows for guardians and children.

## Everywhere

waiting = One moment…
close = Close
cancel = Cancel
continue = Continue
back = Back
undo = Undo
undone = Taken back: it is as it was.
toasts = What just happened
past = { $kind ->
    [today] today at { $time }
    [yesterday] yesterday at { $time }
   *[date] on { $date } at { $time }
}
print = Print
skip = Skip to the content
language = Language
preferences = Appearance
theme = Colours
theme-system = As the system
theme-light = Light
theme-dark = Dark
theme-contrast = High contrast
about = Lanh { $version }. Everything stays on this computer.
failed-title = This window has failed
failed-words = The limits still hold. Open the window again; if it keeps happening, tell whoever looks after this computer.
failed-again = Open it again
how-long = How long
hours-unit = hours
minutes-unit = minutes
plus-minutes = +{ $count } min
age-now = { $age ->
    [one] 1 year old
   *[other] { $age } years old
}

## The service does not answer

offline-title = Lanh’s service is not answering
offline-means = Limits that were in force stay in force as soon as it runs. Time used so far is kept.
offline-trying = Trying again. This window comes back by itself.
app-trouble-not-running = It is not running. Restart the computer; if that does not help, install Lanh again. Nothing is lost.
app-trouble-stranger = Another program stands where the service should be, so nothing was sent to it. Ask whoever looks after this computer.
app-trouble-timeout = There was no answer within { $wait }. The limits still hold. Try again.
app-trouble-version = The service and this window are of different versions ({ $theirs } and { $ours }). Restart the computer to finish the update.
app-trouble-locked = The window has locked itself. Say the PIN first.
app-trouble-unsaved = The file was not saved: { $detail }. Make room, or see whether the downloads folder can be written.
app-trouble-administrator = { $detail ->
    [none] Nothing was set: an administrator has not confirmed it.
   *[other] Nothing was set: { $detail }
}
app-failure-not-set-up = Lanh is not set up yet.
app-failure-internal = The service had a fault; the limits still hold. Try again. “Safety” shows what to do if it stays.{ $detail }

## The PIN

pin = PIN or passphrase
pin-title = For guardians
pin-why = The rules of this computer’s children are behind the PIN.
pin-open = Open
pin-forgotten = Forgotten?
pin-remembered = I know the PIN
pin-forgotten-how = Type the recovery code that you kept at the first start, and choose a new PIN.
pin-code = Recovery code
pin-new = New PIN or passphrase
pin-set-new = Set the new PIN
pin-new-code = Your new recovery code
pin-new-code-why = The old one has been used up. Keep this one on paper, where no child finds it.
lock = Lock

## First run

first-steps = Steps
first-step = Step { $at } of { $of }
first-welcome = Time on this computer, agreed and kept
first-welcome-words = You say how long, when and what. Your child sees how much is left and why, is warned in good time, and loses no saved game. It takes three minutes.
first-user-mode = Only this account
first-user-mode-words = Lanh was started without administrator rights: it sees this account only, and a child who knows how can end it. Good for a first look.
first-administrator = This needs an administrator
first-administrator-words = Setting the first PIN is up to an administrator of this computer. Type “sudo lanh setup” in a terminal, or ask whoever looks after it; this window goes on by itself afterwards.
first-begin = Begin
first-pin = Choose a guardian’s PIN
first-pin-words = With it you change rules and give time. Not a birthday, and nothing that your child has seen you type.
first-pin-administrator = Next, the system asks for an administrator’s password: the first PIN is up to one.
pin-choose = PIN (4 digits or more) or passphrase (8 characters or more)
pin-again = Once more
pins-differ-yet = The two are not the same yet.
strength-hint = Six digits are good; a sentence is stronger.
strength = { $level ->
    [short] Too short yet
    [simple] Too easy to guess
    [fair] Fair: six digits would be better
    [good] Good
   *[strong] Strong
}
recovery-title = Keep this code on paper
recovery-words = If you forget the PIN, this code is the only way back. It is shown once.
recovery-kept = I have kept it
first-child = Which account is your child’s?
first-child-words = Rules follow the account that the child logs in with. Your own account stays as it is.
first-child-account = Account
first-no-accounts = No account is free
first-no-accounts-words = Give your child an account of its own in the system’s settings, without administrator rights. It appears here by itself when you come back.
account-is-administrator = administrator
account-has-no-password = no password
warn-child-administrator = { $name } may administer this computer
warn-child-administrator-words = An administrator can switch Lanh off. Take that right away in the system’s user settings; until then the rules hold only as far as your child lets them.
warn-open-accounts = No password: { $names }
warn-open-accounts-words = Your child can log in there and play without rules. Give that account a password.
child-name = Name
birth-year = Year of birth
birth-year-hint = Like 2015
birth-year-wrong = A year like 2015, please.
first-preset = Rules to start with for { $name }
first-preset-words = You can change every one of them at any time.
first-preset-choose = Rules to start with
preset-suits = suits this age
preset-none = No rules yet
preset-none-words = Time is shown, nothing is limited.
preset-legal-source = Source: { $citation }. Since { $since }.
first-put = Put these in force
first-done-title = { $name } is set up
first-done = The rules are in force for the account { $account } from now on. At the next login { $name } sees how much time there is.
first-done-next = Change rules, give time, or look at the week whenever you like.
first-another = Add another child
first-today = To today

## A guardian’s window

nav = Screens
nav-today = Today
nav-rules = Rules
nav-apps = Programs
nav-usage = Usage
nav-safety = Safety
child-switch = Child
child-all = All children
add-child = Add a child
today-empty = No child yet
today-empty-words = Choose the account that your child logs in with, and rules to start with. It takes a minute.
today-user-mode = Lanh runs without administrator rights here: it sees this account only, and can be ended.
ring-label = { $target }: { $left } of { $amount }
ring-hours-left = h left
ring-minutes-left = { $count ->
    [one] minute left
   *[other] minutes left
}
used-of-day = { $used } of { $amount } used today
used-of-week = { $used } of { $amount } used this week
no-budget = { $used } today. No daily time is set.
state-using = using { $app }
state-paused = { $app } is paused
state-quiet = nothing is being counted
running = Open now
running-in-use = in use
running-behind = in the background
grant-left = { $left } extra for { $target }
grant-take-back = take back
requests = Requests
request-of = Request of { $name }
request-asks = { $name } asks for { $duration }: { $target }
request-give = Give { $duration }
request-other = Other…
request-no = Not now…
request-other-title = How much does { $name } get?
request-no-title = Not now, { $name }
request-no-word = A word to go with it
request-no-hint = Why, or when again. Your child reads it.
request-no-send = Say no
bonus = Give time…
bonus-title = Give { $name } time
bonus-for = For what
bonus-effect = { $name } gets { $duration } more for { $target }, today, at once.
bonus-give = Give it

## The child’s window

for-guardians = For guardians
child-left = { $left } left for { $target }
child-over = Time is up for { $target }
child-closed = The screen rests now
child-no-limit = No limit today
child-screen = The screen is { $verdict }.
why = Why?
ask-for-time = Ask for more time
ask-for-what = For what?
ask-how-long = How long?
ask-why = Why?
ask-why-hint = If you like. “I want to finish the level” is a good reason.
ask-send = Ask
request-waits = You asked for { $duration } for { $target }. Waiting for an answer.
held-title = { $app } is paused, nothing is lost
held-words = You can save, ask for more time, or close it. It is
my-rules = My rules
my-rules-title = The rules that hold for you
my-rules-none = There are no rules for you.
my-rules-kept = Lanh keeps which programs you used and how long, on this computer only. It never sees what you type or look at.
help-button = Get help ({ $number })
help-title = You are not alone
help-words = If somebody hurts you, frightens you or asks for something you do not want, call. It is free, day and night, and the people there listen.
help-national = National child protection line
help-local = Line near you
help-secret = Opening this is written down nowhere. Nobody is told.

## Rules

rules-of = Rules for { $name }
rules-empty = No rules for { $name } yet
rules-empty-words = Start with a daily time or with allowed hours; one sentence each.
rule-add = Add a rule
rule-kind = { $kind ->
    [allowance] Time
    [schedule] Allowed hours
    [break] Break
    [rating-ceiling] Age rating
    [block] Block
    [exemption] Costs no time
    [allow-only] Only these
    [bank] Time bank
    [earn] Earned time
   *[health-text] Health text
}
rule-kind-words = { $kind ->
    [allowance] At most so much a day or a week, for the screen, games or one program.
    [schedule] Only at these hours, painted on a week.
    [break] A rest after so long at a stretch.
    [rating-ceiling] No program rated above this age.
    [block] Not at all.
    [exemption] Always open and never counted: for learning, say.
    [allow-only] Nothing but these.
    [bank] Unused time is kept for the next days, and some of tomorrow’s can be had today.
    [earn] Learning, say, earns time for play.
   *[health-text] A text while playing.
}
rule-target = For
rule-remove = Remove: { $rule }
rule-saved = Saved: { $rule }
rule-is-removed = Removed: { $rule }
rule-at-once = In force for { $name } at once.
rule-will = Holds for { $name } as soon as you save. What has been used today counts.
rule-save = Save
history = What was changed
history-title = What was changed for { $name }
history-words = Newest first. Nothing is lost: a way back is a change too, and can be taken back.
history-none = Nothing has been changed yet.
history-back = Put back to before this
history-will = { $later ->
    [0] The rules for { $name } become what they were before this change, at once:
    [one] The rules for { $name } become what they were before this change; the one after it goes too:
   *[other] The rules for { $name } become what they were before this change; the { $later } after it go too:
}
history-same = The same rules hold already. Warnings and how strictly they are kept become what they were.
history-do = Put back
history-is-back = The rules for { $name } are as they were before the change { $at }.
change-summary = { $kind ->
    [added] { $count ->
        [one] A rule was added.
       *[other] { $count } rules were added.
    }
    [removed] { $count ->
        [one] A rule was taken away.
       *[other] { $count } rules were taken away.
    }
   *[changed] { $count ->
        [one] A rule was changed.
       *[other] { $count } rules were changed.
    }
}
change-none = The warnings, or how strictly the rules are kept, were changed.
change-mixed = Several rules: { $parts }.
change-part = { $kind ->
    [added] { $count } added
    [removed] { $count } taken away
   *[changed] { $count } changed
}
change-by = { $by ->
    [guardian] by a guardian
    [administrator] by an administrator of this computer
    [service] by Lanh itself
   *[other] by { $by }
}
change-before = Before:
change-after = After:
replay-title = What it would have been like
replay-trying = Trying it on the last four weeks…
replay-failed = It cannot be tried on the last weeks just now. Saving works all the same.
replay-answer = { $kind ->
    [unused] Nothing was used in the last four weeks, so there is nothing to compare.
    [same] None of the last four weeks’ days would have been shorter.
   *[cut] { $days } of { $used } days in the last four weeks would have been shorter, by { $lost } together.
}
allowance-per = Counted
allowance-day = every day the same
allowance-days = each weekday by itself
allowance-week = per week
allowance-each-day = Minutes each day; empty: no limit
allowance-minutes-on = Minutes on { $day }
break-after = After so long at a stretch
break-rest = a break of
ceiling = Highest rating allowed
health-every = After every
allow-only-elsewhere = Which programs are among them is changed with “lanh rule” for now; here you can see the rule and remove it.
paint-with = Paint with
paint-open = Allowed
paint-free = Costs no time
paint-closed = Closed
paint-how = Drag over the hours. On the keyboard: arrows move, space paints, shift with arrows paints on.
paint-grid = Hours of the week

## Usage

usage-before = The { $period ->
    [week] week
   *[month] month
} before
usage-next = The next { $period ->
    [week] week
   *[month] month
}
usage-period = How much at once
usage-by = { $period ->
    [week] Week
   *[month] Month
}
month = { $name } { $year }{ $number ->
   *[other] { "" }
}
week-this = This week
week-of = { $from } – { $until }
as-chart = As a chart
as-table = As a table
usage-answer = { $name } was at the screen for { $total }.
usage-change = { $way ->
    [less] { $amount } less than
    [more] { $amount } more than
   *[same] As much as
} { $part ->
    [yes] by the same day of the { $period ->
        [week] week
       *[month] month
    } before.
   *[no] in the { $period ->
        [week] week
       *[month] month
    } before.
}
usage-empty = Nothing for { $name } in this { $period ->
    [week] week
   *[month] month
}
usage-empty-words = Time at the screen shows here from the first minute on.
usage-apps = Programs
usage-no-apps = No programs are kept, only totals.
axis-hours = { $hours } h
bar-day = { $limit ->
    [none] { $day }: { $used }, no limit
   *[other] { $day }: { $used } of { $limit }
}
legend-limit = daily time
legend-before = the week before
legend-used = used, of the daily time
legend-over = more than the daily time
bar-before = (the week before: { $used })
day-point = Point at a stretch, or go through them with the arrow keys, to see why it counted.
counted-for = It counted for:
export = Save as a file
export-as = { $kind ->
    [csv] Table (CSV)
   *[json] Everything (JSON)
}
export-words = { $kind ->
    [csv] one line a day and program, for a spreadsheet
   *[json] with every stretch and why it counted
}
export-saved = Saved: { $file }
export-private = It is readable by whoever opens it. Keep it like a letter.
day-empty = Nothing on this day.
counted-as = { $cost ->
    [charged] counted
    [grant] extra time
   *[free] cost no time
}
counted-because = { $basis ->
    [in-front] it was in front
    [focus-unknown] what was in front could not be seen
    [companion-silent] the session said nothing
    [strict] everything running counts
   *[session-active] somebody was there
}
table-day = Day
table-used = Used
table-limit = Daily time
table-no-limit = none
table-what = What
table-when = When
table-why = Counted because

## Safety

safety-troubles = Lanh noticed something itself
safety-check = Can the rules be got around?
safety-answer = { $worst ->
    [broken] Yes, easily. { $count ->
        [one] One thing needs you.
       *[other] { $count } things need you.
    }
    [weak] Partly. { $count ->
        [one] One thing can be better.
       *[other] { $count } things can be better.
    }
    [advice] Hardly. { $count ->
        [one] One piece of advice.
       *[other] { $count } pieces of advice.
    }
   *[ok] Nothing was found.
}
safety-good = { $count ->
    [one] 1 check is fine
   *[other] { $count } checks are fine
}
check-again = Check again
severity = { $severity ->
    [ok] fine
    [advice] advice
    [weak] weak
   *[broken] open
}
safety-log = What was changed and refused
safety-log-words = Every change of a rule, every wrong PIN and every refusal is written down in a chain in which nothing can be taken out unseen.
log-verify = Check the chain
log-whole = The chain is whole: { $count } entries.
log-broken = The chain is broken at entry { $at }.
log-broken-words = Something was changed or taken out. Restore a backup from before, and change the PIN.
log-lines = The last { $count } entries
log-when = When
log-who = Who
log-what = What
safety-private = What is kept
safety-private-words = Used time lies encrypted on this computer, and your child sees all of it. Keep no more than you look at.
private-keep = Used time is kept for
private-days = { $days ->
    [31] a month
    [92] three months
    [183] half a year
    [365] a year
    [1095] three years
    [3650] ten years
    [one] 1 day
   *[other] { $days } days
}
private-names = Names of programs
private-named = Kept
private-named-words = You see what was used when, and your child can see why each stretch counted.
private-totals = Totals only
private-totals-words = Names are dropped once the day and week that they count in are over. Categories and the screen stay.
private-loses = { $kind ->
    [names] From then on the names of programs of past weeks are deleted for good.
    [days] What is older than { $days } is deleted for good.
   *[both] What is older than { $days }, and the names of programs of past weeks, are deleted for good.
}
private-loses-words = Limits stay as they are. A backup from before still holds it, until it too is replaced.
private-saved = { $totals ->
    [yes] Used time is kept for { $days }, as totals only.
   *[no] Used time is kept for { $days }, with the names of programs.
}
private-saved-again = An undo changes what is kept from now on; it brings nothing back that was deleted.
safety-backup = Backups
safety-backup-words = Rules and used time, encrypted, on this computer. One is made by itself from time to time.
backup-now = Make one now
backup-is-made = The backup is made.
backup-none = There is none yet.
backup-restore = Go back to it
backup-restore-title = Go back to a backup?
backup-restore-words = Rules and used time become as they were on { $at }. What is now is kept aside.
backup-is-restored = Rules and used time are as they were on { $at }.
kilobytes = { $count } kB

## Programs

apps-answer = { $unsorted ->
    [0] All { $count } programs are sorted.
    [one] One program is new: what is it?
   *[other] { $unsorted } programs are new: what are they?
}
apps-look-again = Look again
apps-looked = { $count ->
    [0] No other program was found.
    [one] One more program was found.
   *[other] { $count } more programs were found.
}
apps-empty = No program known yet
apps-empty-words = Programs appear here when they are installed or when a child opens them.
apps-sort = Sort the new ones
apps-sort-how = Until then they count for the whole screen only. On the keyboard: ↑ and ↓ move, 1 to 8 sort, Ctrl+Z takes the last one back.
apps-known = All programs
apps-find = Find a program
apps-category = Which ones
apps-all = All programs ({ $count })
apps-none = No program is called that.
apps-found = { $count ->
    [one] 1 program
   *[other] { $count } programs
}
apps-more = Show { $count } more
app-what = What is { $app }?
app-source = { $source ->
    [desktop] installed here
    [steam] Steam
    [flatpak] Flatpak
    [snap] Snap
    [lutris] Lutris
    [heroic] Heroic
    [folder] in a programs folder
   *[path] seen when it was opened
}
app-never-used = not used yet
app-last-used = used { $at }
app-because-short = { $basis ->
    [read] by its source
    [known] commonly known
    [guardian] you said so
   *[guess] not sorted
}
app-because = { $basis ->
    [read] Its own description, or a source that Lanh names, says what it is.
    [known] It is commonly known as this.
    [guardian] You said what it is.
   *[guess] Nothing says what it is: its time counts for the whole screen only.
}
app-maybe = Perhaps it is { $name } ({ $category }), by the name of its file. You decide.
app-for = What it is for
app-rating = Age rating
app-unrated = not rated
app-will = { $rating ->
    [none] { $app } goes under “{ $category }”, without a rating. The rules for it hold as soon as you save, for every child.
   *[other] { $app } goes under “{ $category }”, rated { $rating }. The rules for it hold as soon as you save, for every child.
}
app-is = { $rating ->
    [none] { $app }: { $category }.
   *[other] { $app }: { $category }, { $rating }.
}
app-at-once = The rules for its kind hold for it at once, for every child.

## What a child questions

my-time = My time today
my-time-title = What counted today
my-time-words = Every stretch that counted, and why. If one is not right, say so: your guardian looks at it.
my-time-none = Nothing has counted today.
question = Not right?
question-why = What was it really?
question-why-hint = “I was away at dinner” is enough.
question-send = Send it
question-sent = Sent. Your guardian will look at it.
question-state = { $state ->
    [open] { $target }, { $stretch }: waiting for an answer.
    [accepted] { $target }, { $stretch }: you have { $duration } back.
   *[denied] { $target }, { $stretch }: it stays counted.
}
questions = What was questioned
question-of = Question of { $name }
question-asks = { $name } questions { $stretch }, { $target }: { $duration }
question-evidence = What was seen and counted then
question-give = Give { $duration } back
question-keep = It stays counted…
question-keep-title = It stays counted
question-keep-hint = Why. Your child reads it.
question-keep-send = Answer
question-given = { $name } has { $duration } back for { $target }, { $stretch }.
question-stays = { $target }, { $stretch } stays counted ({ $duration }), and { $name } can read why.
