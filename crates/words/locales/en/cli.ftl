# What the command line says.

plain = { $text }

## What was typed

input-duration = “{ $text }” is not a length of time. Write 45m, 1h30m or 2h.
input-days = “{ $text }” are not days of the week. Write mon-fri, sat,sun or daily.
input-hours = “{ $text }” are not hours of a day, or they overlap. Write 17:00-20:30; the end is 24:00 at the latest.
input-age = “{ $text }” is not an age rating. Write 0+, 12+, 16+ or 18+.
input-category = “{ $text }” is not a category. The categories are game, learning, social, video, browser, creative, system and other.
input-number = “{ $text }” is not a number that fits here.
input-yes-no = “{ $text }” is neither yes nor no.
input-date = “{ $text }” is not a day that fits here. Write it like 2026-11-24; the last day is not before the first.
input-time = “{ $text }” is not a time. Write 17:30, or "2026-11-24 17:30".
input-year = “{ $text }” is not the birth year of a child. Write four digits, like 2015.
input-rule = “{ $text }” is not a kind of rule. The kinds are limit, hours, break, ceiling, block, exempt, only and health-text; “lanh rule add --help” shows each.
input-rule-shape = This rule is not complete, or says too much. Write it like: { $text }
input-rule-line = “{ $line }”: { $detail }
input-option = The option { $text } does not fit this rule.
input-too-long = “{ $text }” is longer than the day or week that it is for.
input-no-app = No program is called “{ $text }”. “lanh app list” shows the programs.
input-many-apps = “{ $text }” may mean several programs: { $names }. Give the id.
input-name = “{ $text }” is not a name that can be used. A name has 1 to 64 letters.
input-secret-file = The file { $path } with the PIN cannot be used: { $detail }.
input-no-secret = This needs a guardian's PIN. Type it when asked, or give --secret-file or the variable LANH_SECRET.
input-confirm = { $question } Add --yes to say yes.
input-no-child = No child is called “{ $name }”. The children are: { $names }.
input-many-children = Several children are called “{ $name }”: { $names }. Give the number.
input-which-child = Which child is meant? { $names }.
input-no-preset = There is no preset “{ $text }”. The presets are: { $names }.
input-no-account = There is no account “{ $text }” for people on this machine. The accounts are: { $names }.
input-no-request = There is no open request with the number { $id }. “lanh request list” shows the open ones.
input-nothing-to-change = Nothing was given to change. “--help” shows what can be.
input-setting = “{ $text }” cannot be set. “lanh settings show” lists the keys and what they take; write KEY=VALUE.
input-policy-form = The file is of form { $form }; this program reads form { $known }.
input-setup-flags = Nobody can be asked here, so these are needed: { $flags }.
input-why = Say what: “lanh why minecraft”, “lanh why An game”, or “lanh why An --at 17:30”.

## Results

nothing-changed = Nothing was changed.
unexpected-answer = The service gave an answer that does not belong to the question. Install the same version of both, then try again.
file-failed = { $path }: { $detail }
no-children = There is no child yet. “lanh setup” adds the first.
no-rules = No rules hold: everything is open. “lanh rule add” or “lanh preset apply” sets some.
no-history = Nothing has been changed yet.
no-apps = No programs to show. “lanh app rescan” looks again.
no-requests = No requests.
no-backups = There is no backup yet. “lanh backup now” makes one.
no-accounts = This machine has no account for a child. Add one in the system's settings, without administrator rights, then run setup again.
no-preset = no preset, rules later
child-added = { $name } is added. Next: “lanh preset list” or “lanh rule add { $name } limit game 60m”.
child-changed = { $name } is changed.
child-removed = { $name } and everything kept about { $name } are removed.
confirm-remove-child = Remove { $name } with all rules and used time?
rule-added = Rule { $id } for { $name }: { $rule }
rule-removed = Rule { $id } of { $name } no longer holds. “lanh rule rollback” brings it back.
ages = { $from }–{ $until } years
preset-source = { $citation }, since { $since }
rescanning = Looking for programs …
app-set = { $name } counts as: { $category }.
grant-given = { $name } has { $duration } more for { $target }, { $until }.
request-open = open
request-sent = Asked for { $duration }. A guardian will see it.
request-answered = { $name }: { $said }
used-today = { $duration } used today
of-day = of { $amount } today
of-week = of { $amount } this week
status-grant = { $left } given for { $target }, { $until }
no-companion = No companion reports from the session, so all that runs is counted.
watch-hint = Ctrl+C ends the watching. In another terminal: lanh grant NAME 15m · lanh why NAME game
watch-waiting = The service has gone away. Waiting for it to come back; the limits hold.
status-user-mode = Without administrator rights: only this account is supervised, programs are noticed and ended rather than refused, and who knows how can stop the service.
usage-total = Together { $duration }.
nothing-counted = Nothing was counted { $at }.
cost = { $kind ->
    [charged] counted
    [grant] paid by grant { $id }
   *[free] free by rule { $id }
}
app-basis = { $basis ->
    [read] read
    [known] commonly known
    [guardian] sorted by you
   *[guess] not sorted yet
}
app-perhaps = perhaps { $name } ({ $category })
basis = { $kind ->
    [in-front] it was in front
    [focus-unknown] the front window could not be told
    [companion-silent] the companion was silent
    [strict] all that runs is counted
   *[session-active] the session was active
}
audit-whole = The log is whole: { $entries } entries, none changed or missing.
audit-broken = The log is broken at entry { $seq } of { $entries }: it was changed from outside, or damaged.
backup-made = Backup { $name } is made.
backup-restored = Backup { $name } holds again. What was before is kept aside.
confirm-restore = Go back to backup { $name }?
about-setting = { $key ->
    [zone] the family's time zone
    [week-start] mon to sun
    [retention-days] how long used time is kept, 31 to 3650
    [totals-only] yes: keep no program names
    [help-lines] phone numbers, with commas
   *[idle-after] without a touch for so long, nobody is there
}
doctor-broken = { $count ->
    [one] One thing is broken; its remedy stands below it.
   *[other] { $count } things are broken; the remedy stands below each.
}
help-line-about = Children can call this number at any time, for free. Lanh keeps no record of it.
exported = { $count ->
    [one] One child is written to { $path }.
   *[other] { $count } children are written to { $path }.
}
import-adds = { $name } will be added. Own rules: { $count }.
import-changes = { $name } will be changed. Own rules from then on: { $count }.
confirm-import = Do this?
imported = { $count ->
    [one] One child now follows the file.
   *[other] { $count } children now follow the file.
}

## First steps

setup-welcome = Lanh keeps the time that you agree on. Three steps: a PIN, the child's account, a preset.
setup-user-mode = The service runs without administrator rights: it supervises this account only, for a first look.
setup-pin = The PIN or passphrase is for guardians. With it you change rules and say yes or no.
setup-recovery = This code sets a new PIN if you forget it. Write it on paper; it is shown only once.
first-pin-is-set = There is a PIN already; it stays as it is.
setup-done = { $name } uses the account { $account }, and the limits hold from now on.
setup-next = Next: “lanh status --watch” shows how it goes; “lanh rule list { $name }” shows the rules.
prompt-language = Language
language-not-kept = The language could not be kept ({ $detail }). “--lang” chooses it each time.
prompt-pin = Guardian's PIN
prompt-new-pin = New PIN or passphrase
prompt-pin-again = Once more
pins-differ = The two are not the same. Once more from the start.
confirm-recovery = Is the code written down?
prompt-account = Which account is the child's?
prompt-child-name = The child's name
prompt-birth-year = Year of birth
prompt-preset = Which preset shall hold?
account-administrator = administrator
account-no-password = no password
warn-administrator = { $account } can administer this machine, and so could switch Lanh off. Give the child an account without these rights.

replay-no-difference = Nothing would have been different.

dispute-sent = Your guardian will look at it: { $duration } are questioned.
dispute-says = { $name } questions { $stretch }, { $target }: { $duration }
dispute-evidence = What was seen and counted then:
dispute-accepted = { $name } has { $duration } back.
dispute-denied = It stays counted, and { $name } can read why.
dispute-was-accepted = { $duration } given back
dispute-was-denied = stays counted. { $words }
no-disputes = Nothing is questioned.
borrowed = { $duration } of tomorrow are yours today.
report-title = { $name }, { $from } to { $until }
report-what = what
report-used = used
report-counted = counted
report-granted = given extra
