# What doctor finds, and what exactly stands against a question. $detail: what the system said, in English.

## Findings

finding-user-mode = The service runs without administrator rights: it supervises this account only, and who knows how can stop it.
remedy-user-mode = Install the package, or start lanhd as root.
finding-gate = { $state ->
    [ok] Programs are refused before they start.
   *[missing] Programs cannot be refused before they start ({ $detail }); they are noticed and ended.
}
remedy-gate = Run the service as root, on a kernel with fanotify permission events.
finding-process-connector = { $state ->
    [ok] The kernel reports every new process.
   *[missing] The kernel does not report new processes ({ $detail }).
}
remedy-process-connector = Nothing to do: the gate and a look at what runs stand in for it.
finding-cgroup-freeze = { $state ->
    [ok] Programs are paused so that a child cannot wake them.
   *[missing] A paused program can be woken by the child ({ $detail }).
}
remedy-cgroup-freeze = Start the machine with cgroup v2 (systemd.unified_cgroup_hierarchy=1).
finding-pidfd = { $state ->
    [ok] Signals reach exactly the process that is meant.
   *[missing] The kernel is too old to signal a process without risk ({ $detail }).
}
remedy-pidfd = Use a kernel of version 5.3 or later.
finding-sessions = { $state ->
    [ok] Login sessions are known and can be locked.
   *[missing] Login sessions are not known ({ $detail }): a screen limit cannot lock them.
}
remedy-sessions = Run systemd-logind.
finding-sealed-key = { $state ->
    [ok] The key of the database is sealed by the system.
   *[missing] The key of the database lies in a file that only the service may read ({ $detail }).
}
remedy-sealed-key = Use systemd 250 or later to have it sealed.
finding-clock = { $state ->
    [ok] A time service keeps the machine's clock.
   *[missing] No time service keeps the machine's clock; trusted time stands in for it.
}
remedy-clock = Turn time synchronisation on: timedatectl set-ntp true
finding-memfd = { $state ->
    [ok] Programs cannot be started from memory.
   *[missing] Programs can be started from memory, past the gate ({ $detail }).
}
remedy-memfd = Set the sysctl vm.memfd_noexec to 2.
finding-clock-apart = { $way ->
    [ahead] The machine's clock is { $duration } ahead of trusted time: somebody set it forward. The limits go by trusted time.
   *[behind] The machine's clock is { $duration } behind trusted time: it was set back, or ran ahead before. The limits go by trusted time.
}
remedy-clock-apart = Set the clock right; with time synchronisation on, a clock that is ahead is believed.
finding-no-child = No child is set up: nothing is limited.
remedy-no-child = Run: lanh setup
finding-accounts = The accounts of this machine cannot be read ({ $detail }).
remedy-accounts = See that /etc/passwd can be read.
finding-child-is-administrator = { $child }’s account { $account } is an administrator and can turn everything off.
remedy-child-is-administrator = As another administrator, take the rights away: deluser { $account } sudo
finding-no-password = The account { $account } has no password: a child can log in to it.
remedy-no-password = Give it one: passwd { $account }
finding-spare-account = The account { $account } belongs to no child: time on it is not counted.
remedy-spare-account = If a child uses it, bind it: lanh child set NAME --account { $account }
finding-child-without-account = { $child } has no account on this machine: nothing is limited.
remedy-child-without-account = Bind one: lanh child set { $child } --account ACCOUNT
finding-child-without-rules = { $child } has no rules.
remedy-child-without-rules = Start with a preset: lanh preset apply { $child } vn-147
finding-own-programs = { $child } may start programs from the home folder or a stick: unknown ones are counted, not refused.
remedy-own-programs = If only programs that are installed for everybody are to start: lanh child set { $child } --strict-programs yes
finding-secret = { $state ->
    [ok] A guardian PIN is set.
   *[missing] No guardian PIN is set.
}
remedy-secret = Run: lanh setup
finding-database = { $state ->
    [ok] The database is whole.
   *[missing] The database is not in order ({ $detail }).
}
remedy-database = Go back to a backup: lanh backup list, then lanh backup restore NAME
finding-audit = { $state ->
    [ok] The audit log is whole: { $entries } entries.
   *[missing] The audit log is broken at entry { $at }: it was changed from outside, or damaged.
}
remedy-audit = Ask who has root on this machine.
finding-backup = { $state ->
    [ok] The newest backup is of { $at } (UTC).
   *[missing] There is no backup yet; one is made every day.
}
remedy-backup = Make one now: lanh backup now
finding-not-refused = Programs are noticed and ended, not refused: the gate could not be opened ({ $detail }).
finding-gate-failed = The gate has failed ({ $detail }): programs are noticed and ended, not refused.
remedy-restart = Restart the service, and read its log if it happens again.
finding-restore-failed = A backup could not be restored ({ $detail }); what was there before is in force.
remedy-restore-failed = Try another backup: lanh backup list
finding-recovered = The database was damaged. The backup of { $at } (UTC) is in force; the damaged file is kept aside.
remedy-recovered = Look whether the rules are as you want them: lanh rule list NAME
finding-stand-in = The database cannot be opened ({ $detail }). The limits as of { $at } (UTC) are kept from a copy.
remedy-stand-in = Remove the cause and restart the service, or restore a backup: lanh backup list, lanh backup restore NAME
finding-use-lost = What was used since the backup that is in force could not be taken over: { $detail }.
remedy-use-lost = Nothing to do; from now on everything counts again.
finding-not-written = Nothing can be written down ({ $detail }). The limits hold from memory, and what is used is written once the disk takes it.
remedy-not-written = Make room on the disk, and see that it is mounted for writing.
finding-catalogue-refused = A newer catalogue of programs is not used: { $detail }.
remedy-catalogue-refused = Lanh goes on with the one it came with. Put a whole, signed catalogue in its place, or remove the file; then: sudo systemctl reload lanhd
finding-disk-stuck = The disk does not answer. The limits hold from memory, and what is used is written once it does.
remedy-disk-stuck = See what keeps the disk busy; look at its health.

## What stands against it

missing = { $thing ->
    [child] There is no child { $name }.
    [rule] This child has no rule { $name }.
    [revision] This child has no revision { $name }.
    [app] No program is known as { $name }.
    [request] There is no request { $name }.
    [grant] There is no grant { $name }.
    [backup] There is no backup { $name }.
    [preset] There is no preset { $name }.
    [dispute] There is no dispute { $name }.
   *[account] There is no account { $name } on this machine.
}
detail-nothing-counted = Nothing was counted then that has not been given back already. A stretch is at most a day long.
detail-bank-for-each = Time is kept or earned for one program, a category together or the whole screen, not for each program.
detail-earned-by-nothing = Time is earned by at least one minute of something else.
detail-cannot-borrow = { $count ->
    [0] There is nothing to borrow from tomorrow.
   *[other] At most { $duration } can be borrowed from tomorrow.
}
detail-say-which-child = Say which child is meant.
detail-only-child-asks = Only a child asks for time; a guardian gives it.
detail-lines = Ask for 1 to { $count } lines.
detail-days = Ask for 1 to { $count } days, the first day first.
detail-root-account = root cannot be a child's account.
detail-other-account = Without administrator rights only the account that runs the service can be supervised, not { $account }.
detail-account-taken = The account { $account } belongs to another child already. Take it away there first.
detail-birth-year = A birth year lies between { $from } and { $until }.
detail-name = A name has 1 to 64 characters, on one line.
detail-zone = “{ $text }” is no time zone. Write one like Asia/Ho_Chi_Minh.
detail-telephone = “{ $text }” is no telephone number.
detail-retention = Used time is kept for 31 to 3650 days.
detail-idle-after = The time without a touch lies between 30 seconds and an hour.
detail-amount = Time is given in amounts of one second to 24 hours.
detail-words = The words are too long: 500 characters at most.
detail-warnings = Warnings: at most ten, each 10 seconds to 12 hours before the end.
detail-saving = Saving: at most 10 times, at most 10 minutes each.
detail-hold-for = A program is paused for at most 24 hours.
detail-close-grace = The time to close is at most 10 minutes.
detail-rating = “{ $text }” is no age rating. There are 0, 12, 16 and 18.
detail-category = “{ $text }” is no category. There are game, learning, social, video, browser, creative, system and other.
detail-weekday = “{ $text }” is no weekday. Write mon, tue, wed, thu, fri, sat or sun.
detail-allowance-too-long = { $duration } are longer than the day or week that they are for.
detail-slot-backwards = The hours from { $time } on end before they start.
detail-slots-overlap = Two spans of hours overlap at { $time }.
detail-break-too-short = A break needs at least one minute of use and one minute of rest.
detail-health-text-too-often = The health text needs at least one minute between two showings.
detail-allow-only-empty = Name at least one program or category that may be used.
detail-already-answered = This request was answered already.
detail-requests-waiting = { $count } requests wait for an answer already. A guardian answers them first.
detail-secret-too-short = Use at least 4 digits, or a passphrase of at least 8 characters.
detail-secret-too-long = Use at most 256 characters.
detail-secret-too-simple = 1111, 1234 and the like are tried first. Choose another.
detail-secret-birth-year = A child's year of birth is tried first. Choose another.
detail-disk-full = The disk is full, and nothing was changed. Make some room, then try again.
detail-disk-read-only = The disk cannot be written, and nothing was changed. See that it is mounted for writing.
detail-disk-busy = The disk does not keep up. Try again in a moment.
detail-accounts-unreadable = The accounts of this machine cannot be read. See that /etc/passwd can be read.
detail-answer-too-long = The answer is too long for one message. Ask for less at a time.
