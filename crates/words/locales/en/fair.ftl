# What other rules would have done.

day-named = { $weekday } { $date }
replay-unused = { $day }: not used.
replay-same = { $day }: as it was.
replay-earlier = { $day } would have ended { $duration } earlier, at { $time }.
replay-less = { $day } would have had { $duration } less.
replay-nothing = { $day }: nothing of it would have been open.
replay-stop = { $target } from { $time } on, { $duration }
replay-stop-because = { $stop }: { $because }.
because-allowance = { $amount } a { $weekly ->
    [yes] week
   *[no] day
} for { $target }
because-hours = outside the hours for { $target }
because-break = a break of { $rest } was due
because-rating = it is rated for older people
because-blocked = it is blocked
because-not-listed = it is not one of those that may be used
replay-left = { $target }: { $after } left{ $weekly ->
    [yes] { " " }of the week
   *[no] { "" }
} instead of { $before }.
replay-no-limit = no limit
replay-counts-less = { $duration } less would have counted.
replay-counts-more = { $duration } more would have counted.
